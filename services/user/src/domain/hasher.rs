//! Hashing of passwords with Argon2id (RFC 9106), off the async threads and only so many at once: each takes 19 MiB.

use std::{io, sync::Arc};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash,
};
use estore_contract::Sensitive;
use estore_kit::trace;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    forms,
    hash_pool::{HashPool, Load, QUEUE, Undone},
    pepper::{Peppers, split},
};

/// Memory in KiB, passes and lanes: OWASP's first choice for Argon2id.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes and verifies passwords.
#[derive(Clone)]
pub struct Hasher {
    /// Places for those who log in.
    places: Arc<Semaphore>,
    pool: HashPool,
    peppers: Peppers,
    /// Verified against where an address has no account, so that both cases take the same time.
    dummy: Arc<str>,
}

/// Why a password was not hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too many wait already.
    #[error("too many passwords wait to be hashed")]
    Busy,
    /// A stored hash names a pepper that is not in `PASSWORD_PEPPERS` any more.
    #[error("there is no pepper {0:?} for a stored password")]
    NoPepper(String),
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
    pub fn new(peppers: Peppers) -> Result<Self, HashError> {
        let dummy = hash(&peppers, &Sensitive::from("a password that nobody has"))?;
        let places = Arc::new(Semaphore::new(QUEUE));
        Ok(Self { places, peppers, pool: HashPool::start()?, dummy: dummy.into() })
    }

    /// A place among those who log in, to be held until the password is verified: of a crowd, those who would find no turn learn
    /// so before the database is asked anything for them.
    pub fn place(&self) -> Result<OwnedSemaphorePermit, HashError> {
        self.places.clone().try_acquire_owned().map_err(|_full| HashError::Busy)
    }

    /// How many passwords are hashed, and wait for it.
    pub(crate) fn load(&self) -> Load {
        self.pool.load()
    }

    /// What is stored of `password`, in its composed form: the name of its pepper and a PHC string.
    pub async fn hash(&self, password: Sensitive) -> Result<String, HashError> {
        let peppers = self.peppers.clone();
        self.work(move || hash(&peppers, &password)).await
    }

    /// Whether `password`, in any of its forms, is the one of `stored`; of nobody's where that is `None`, after the same work.
    pub async fn verify(&self, password: Sensitive, stored: Option<String>) -> Result<bool, HashError> {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.dummy.to_string());
        let peppers = self.peppers.clone();
        self.work(move || {
            let (pepper, phc) = split(&stored);
            let hash = PasswordHash::new(phc).map_err(|error| HashError::Argon2(error.to_string()))?;
            for form in forms::all(&password) {
                let form =
                    peppers.apply(pepper, &form).ok_or_else(|| HashError::NoPepper(pepper.to_owned()))?;
                // The parameters are the hash's own, so old hashes still verify.
                if Argon2::default().verify_password(form.expose().as_bytes(), &hash).is_ok() {
                    return Ok(known);
                }
            }
            Ok(false)
        })
        .await
    }

    /// Whether `stored` was made with weaker parameters than today's, or another pepper.
    #[must_use]
    pub fn is_outdated(&self, stored: &str) -> bool {
        let (pepper, phc) = split(stored);
        if pepper != self.peppers.first() {
            return true;
        }
        let Ok(hash) = PasswordHash::new(phc) else { return true };
        let number = |name: &str| hash.params.get_decimal(name).unwrap_or(0);
        hash.algorithm.as_str() != "argon2id" || number("m") < MEMORY_KIB || number("t") < PASSES
    }

    async fn work<T, F>(&self, work: F) -> Result<T, HashError>
    where
        T: Send + 'static,
        F: Fn() -> Result<T, HashError> + Send + Sync + 'static,
    {
        let hashed = trace::step("hash password").run(self.pool.run(work)).await;
        hashed.map_err(|undone| match undone {
            Undone::PoolFull => HashError::Busy,
            Undone::Panicked => HashError::Broke,
        })?
    }
}

fn hash(peppers: &Peppers, password: &Sensitive) -> Result<String, HashError> {
    let pepper = peppers.first();
    let password = forms::composed(password);
    let password = peppers.apply(pepper, &password).ok_or_else(|| HashError::NoPepper(pepper.to_owned()))?;
    let hash = argon2()?.hash_password(password.expose().as_bytes());
    hash.map(|hash| format!("{pepper}{hash}")).map_err(|error| HashError::Argon2(error.to_string()))
}

fn argon2() -> Result<Argon2<'static>, HashError> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| HashError::Argon2(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use estore_kit::seal::KeyRing;
    use secrecy::SecretString;

    use super::*;

    fn hasher(peppers: &str) -> Hasher {
        let ring = KeyRing::parse("PASSWORD_PEPPERS", &SecretString::from(peppers));
        Hasher::new(Peppers::new((!peppers.is_empty()).then(|| ring.unwrap()))).unwrap()
    }

    #[tokio::test]
    async fn a_hash_verifies_its_password_alone_and_says_its_parameters() {
        let hasher = hasher("");
        let phc = hasher.hash(Sensitive::from("open sesame")).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(!hasher.is_outdated(&phc) && hasher.is_outdated(&phc.replace("m=19456", "m=4096")));
        assert!(hasher.verify(Sensitive::from("open sesame"), Some(phc.clone())).await.unwrap());
        assert!(!hasher.verify(Sensitive::from("close sesame"), Some(phc)).await.unwrap());
        assert!(!hasher.verify(Sensitive::from("a password that nobody has"), None).await.unwrap());
    }

    #[tokio::test]
    async fn password_in_another_form_is_the_same() {
        let (composed, decomposed) = ("caf\u{e9} caf\u{e9}", "cafe\u{301} cafe\u{301}");
        let hasher = hasher("");
        let of_before = argon2().unwrap().hash_password(decomposed.as_bytes()).unwrap().to_string();
        for stored in [hasher.hash(Sensitive::from(decomposed)).await.unwrap(), of_before] {
            for typed in [composed, decomposed] {
                let typed = Sensitive::from(typed);
                assert!(hasher.verify(typed, Some(stored.clone())).await.unwrap(), "{stored}");
            }
            assert!(!hasher.verify(Sensitive::from("cafe cafe"), Some(stored)).await.unwrap());
        }
    }

    #[tokio::test]
    async fn a_place_is_free_again_once_it_is_given_up() {
        let hasher = hasher("");
        let mut places: Vec<_> = (0..QUEUE).map(|_| hasher.place().unwrap()).collect();
        assert!(matches!(hasher.place(), Err(HashError::Busy)));
        places.pop();
        assert!(hasher.place().is_ok());
    }

    #[tokio::test]
    async fn a_pepper_is_needed_for_its_hashes_and_can_be_changed() {
        const OLD: &str = "p1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        const NEW: &str = "p2:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
        let password = || Sensitive::from("open sesame");
        let plain = hasher("").hash(password()).await.unwrap();
        let old = hasher(OLD).hash(password()).await.unwrap();
        assert!(old.starts_with("p1$argon2id$"), "{old}");
        let both = hasher(&format!("{NEW},{OLD}"));
        for stored in [plain, old.clone()] {
            assert!(both.is_outdated(&stored), "{stored}");
            assert!(both.verify(password(), Some(stored.clone())).await.unwrap(), "{stored}");
            assert!(!both.verify(Sensitive::from("close sesame"), Some(stored)).await.unwrap());
        }
        let new = both.hash(password()).await.unwrap();
        assert!(!both.is_outdated(&new) && both.verify(password(), Some(new)).await.unwrap());
        for without in ["", NEW] {
            let refused = hasher(without).verify(password(), Some(old.clone())).await;
            assert!(matches!(refused, Err(HashError::NoPepper(_))), "{refused:?}");
        }
        assert!(
            !both.verify(password(), Some(old.replace("p1$", "$"))).await.unwrap(),
            "hashed with a pepper"
        );
    }
}
