//! Argon2id (RFC 9106) in memory that each thread keeps.

use std::cell::RefCell;

use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Block, CustomizedPasswordHasher, Params, PasswordHasher, Version,
    password_hash::{
        Error, Result,
        phc::{Output, ParamsString, PasswordHash, Salt},
    },
};
use estore_base::random;

/// Memory in KiB, passes and lanes: OWASP's first choice for Argon2id.
pub(super) const MEMORY_KIB: u32 = 19_456;
pub(super) const PASSES: u32 = 2;
const LANES: u32 = 1;

thread_local! {
    /// The memory of this thread's hashes. New memory for each hash would have to be cleared each
    /// time, and the first touch of each of its pages costs a page fault.
    static MEMORY: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

/// Gives the memory of this thread's hashes back. For a thread that seldom hashes.
pub(super) fn release_memory() {
    MEMORY.take();
}

/// Returns the number of blocks of 1 KiB that this thread keeps.
#[cfg(test)]
pub(super) fn kept_blocks() -> usize {
    MEMORY.with_borrow(Vec::len)
}

/// Hashes and verifies as [`Argon2`] does. It implements `PasswordVerifier`, too.
pub(super) struct Argon;

impl PasswordHasher<PasswordHash> for Argon {
    fn hash_password_with_salt(&self, password: &[u8], salt: &[u8]) -> Result<PasswordHash> {
        self.hash_password_customized(password, salt, None, None, today()?)
    }
}

impl CustomizedPasswordHasher<PasswordHash> for Argon {
    type Params = Params;

    fn hash_password_customized(
        &self,
        password: &[u8],
        salt: &[u8],
        algorithm: Option<&str>,
        version: Option<u32>,
        params: Params,
    ) -> Result<PasswordHash> {
        let algorithm = algorithm.map(Algorithm::try_from).transpose()?.unwrap_or_default();
        let version = version.map(Version::try_from).transpose()?.unwrap_or_default();
        let mut output = [0; Output::MAX_LENGTH];
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let output = output.get_mut(..length).ok_or(Error::OutputSize)?;
        let argon2 = Argon2::new(algorithm, version, params);
        MEMORY.with_borrow_mut(|memory| {
            if memory.len() < argon2.params().block_count() {
                memory.resize(argon2.params().block_count(), Block::new());
            }
            argon2.hash_password_into_with_memory(password, salt, output, memory)
        })?;
        Ok(PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: ParamsString::try_from(argon2.params())?,
            salt: Some(Salt::new(salt)?),
            hash: Some(Output::new(output)?),
        })
    }
}

/// Returns a hash that no known password has. Verifying against it takes as long as against others.
pub(super) fn of_no_password() -> Result<PasswordHash> {
    Ok(PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::default().into()),
        params: ParamsString::try_from(today()?)?,
        salt: Some(Salt::new(&random::bytes::<16>())?),
        hash: Some(Output::new(&random::bytes::<32>())?),
    })
}

/// Returns the parameters of new hashes.
fn today() -> Result<Params> {
    Ok(Params::new(MEMORY_KIB, PASSES, LANES, None)?)
}

#[cfg(test)]
mod tests {
    use argon2::PasswordVerifier;

    use super::*;

    #[test]
    fn hash_is_that_of_the_library() {
        let (password, salt) = (b"open sesame", b"sixteen byte salt");
        for (memory, passes, length) in [(64, 1, 16), (MEMORY_KIB, PASSES, 32), (32, 3, 24)] {
            let params = Params::new(memory, passes, LANES, Some(length)).unwrap();
            let right = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
            let right = right.hash_password_with_salt(password, salt).unwrap();
            let ours = Argon.hash_password_customized(password, salt, Some("argon2id"), Some(19), params);
            assert_eq!(ours.unwrap().to_string(), right.to_string());
            assert!(Argon.verify_password(password, &right).is_ok());
            assert!(Argon.verify_password(b"close sesame", &right).is_err());
        }
    }

    #[test]
    fn unknown_algorithms_are_refused() {
        let of = |algorithm, version| {
            Argon.hash_password_customized(b"x", b"sixteen byte salt", algorithm, version, today().unwrap())
        };
        assert!(of(Some("scrypt"), None).is_err());
        assert!(of(None, Some(18)).is_err());
    }

    #[test]
    fn no_password_has_the_hash_of_none() {
        let hash = of_no_password().unwrap();
        assert!(hash.to_string().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(Argon.verify_password(b"a password that nobody has", &hash).is_err());
    }
}
