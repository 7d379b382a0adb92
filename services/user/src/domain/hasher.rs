//! Hashing of passwords with Argon2id (RFC 9106), off the async threads and only so many at once: each takes 19 MiB.

use std::{io, sync::Arc};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash,
};
use estore_contract::Sensitive;

use super::turns::{NoTurn, Turns};

/// Memory in KiB, passes and lanes: OWASP's first choice for Argon2id.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes and verifies passwords.
#[derive(Clone)]
pub struct Hasher {
    turns: Turns,
    /// Verified against where an address has no account, so that both cases take the same time.
    dummy: Arc<str>,
}

/// Why a password was not hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too many wait already.
    #[error("too many passwords wait to be hashed")]
    Busy,
    /// The algorithm refused: a bug.
    #[error("argon2: {0}")]
    Argon2(String),
    /// It panicked: a bug.
    #[error("hashing broke")]
    Broke,
    /// There are no threads to be had.
    #[error("no thread for hashing: {0}")]
    Thread(#[from] io::Error),
}

impl Hasher {
    /// Starts the threads that do it.
    pub fn new() -> Result<Self, HashError> {
        let dummy = hash(&Sensitive::from("a password that nobody has"))?;
        Ok(Self { turns: Turns::start()?, dummy: dummy.into() })
    }

    /// `password` as a PHC string.
    pub async fn hash(&self, password: Sensitive) -> Result<String, HashError> {
        self.work(move || hash(&password)).await
    }

    /// Whether `password` is the one of `phc`; of nobody's where that is `None`, after the same work.
    pub async fn verify(&self, password: Sensitive, phc: Option<String>) -> Result<bool, HashError> {
        let known = phc.is_some();
        let phc = phc.unwrap_or_else(|| self.dummy.to_string());
        self.work(move || {
            let hash = PasswordHash::new(&phc).map_err(|error| HashError::Argon2(error.to_string()))?;
            // The parameters are the hash's own, so old hashes still verify.
            Ok(Argon2::default().verify_password(password.expose().as_bytes(), &hash).is_ok() && known)
        })
        .await
    }

    /// Whether `phc` was made with weaker parameters than today's.
    #[must_use]
    pub fn is_outdated(phc: &str) -> bool {
        let Ok(hash) = PasswordHash::new(phc) else { return true };
        let number = |name: &str| hash.params.get_decimal(name).unwrap_or(0);
        hash.algorithm.as_str() != "argon2id" || number("m") < MEMORY_KIB || number("t") < PASSES
    }

    async fn work<T, F>(&self, work: F) -> Result<T, HashError>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, HashError> + Send + 'static,
    {
        self.turns.take(work).await.map_err(|none| match none {
            NoTurn::Busy => HashError::Busy,
            NoTurn::Broke => HashError::Broke,
        })?
    }
}

fn hash(password: &Sensitive) -> Result<String, HashError> {
    let hash = argon2()?.hash_password(password.expose().as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| HashError::Argon2(error.to_string()))
}

fn argon2() -> Result<Argon2<'static>, HashError> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| HashError::Argon2(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_verifies_its_password_alone_and_says_its_parameters() {
        let hasher = Hasher::new().unwrap();
        let phc = hasher.hash(Sensitive::from("open sesame")).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(!Hasher::is_outdated(&phc) && Hasher::is_outdated(&phc.replace("m=19456", "m=4096")));
        assert!(hasher.verify(Sensitive::from("open sesame"), Some(phc.clone())).await.unwrap());
        assert!(!hasher.verify(Sensitive::from("close sesame"), Some(phc)).await.unwrap());
        assert!(!hasher.verify(Sensitive::from("a password that nobody has"), None).await.unwrap());
    }
}
