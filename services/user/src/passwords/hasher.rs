//! Hashing of passwords with Argon2id (RFC 9106), off the async threads. The number of hashes at
//! once is limited, because each takes 19 MiB.

use std::{io, sync::Arc};

use argon2::{PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use estore_contract::Sensitive;
use estore_telemetry::trace;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    argon::{self, Argon, MEMORY_KIB, PASSES},
    hash_pool::{HashPool, JobError, Load, QUEUE},
    peppers::{Peppers, split},
};
use crate::domain::forms;

/// Hashes and verifies passwords.
#[derive(Clone)]
pub struct Hasher {
    /// Limits the logins that may wait for their password to be verified.
    places: Arc<Semaphore>,
    pool: HashPool,
    peppers: Peppers,
    /// A hash to verify against if an address has no account, so that both cases take the same
    /// time.
    dummy: Arc<str>,
}

/// The reason why a password was not hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too many passwords are waiting already.
    #[error("the hash pool is full")]
    Busy,
    /// The pepper is not in `PASSWORD_PEPPERS`: a bug, as it was there before.
    #[error("there is no pepper {0:?}")]
    NoPepper(String),
    /// The algorithm returned an error: a bug.
    #[error("argon2: {0}")]
    Argon2(String),
    /// Hashing panicked: a bug.
    #[error("hashing broke")]
    Broke,
    /// The operating system started no thread.
    #[error("no thread for hashing: {0}")]
    Thread(#[from] io::Error),
}

impl Hasher {
    /// Creates the hasher and starts its threads.
    pub fn new(peppers: Peppers) -> Result<Self, HashError> {
        let dummy = argon::of_no_password().map_err(|error| HashError::Argon2(error.to_string()))?;
        let dummy = format!("{}{dummy}", peppers.first());
        let places = Arc::new(Semaphore::new(QUEUE));
        Ok(Self { places, peppers, pool: HashPool::start()?, dummy: dummy.into() })
    }

    /// Reserves a place for a login, which holds it until the password is verified. A login that
    /// finds no place is rejected before any query is made for it.
    pub fn place(&self) -> Result<OwnedSemaphorePermit, HashError> {
        self.places.clone().try_acquire_owned().map_err(|_full| HashError::Busy)
    }

    /// Returns how many passwords are being hashed, and how many wait.
    pub(crate) fn load(&self) -> Load {
        self.pool.load()
    }

    /// Hashes `password` in its composed form. Returns the text to store: the name of the pepper,
    /// and a PHC string.
    pub async fn hash(&self, password: Sensitive) -> Result<String, HashError> {
        let peppers = self.peppers.clone();
        self.work(move || hash(&peppers, &password)).await
    }

    /// Reports whether `password`, in any of its forms, matches `stored`. If `stored` is `None`,
    /// does the same work and returns `false`. The same holds if `stored` names a pepper that is
    /// lost. Otherwise the answer would show that the address has an account.
    pub async fn verify(&self, password: Sensitive, stored: Option<String>) -> Result<bool, HashError> {
        let stored = stored.filter(|stored| self.has_pepper(stored));
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.dummy.to_string());
        let peppers = self.peppers.clone();
        self.work(move || {
            let (pepper, phc) = split(&stored);
            let hash = PasswordHash::new(phc).map_err(|error| HashError::Argon2(error.to_string()))?;
            for form in forms::all(&password) {
                let form =
                    peppers.apply(pepper, &form).ok_or_else(|| HashError::NoPepper(pepper.to_owned()))?;
                // The hash carries its own parameters, so old hashes still verify.
                if Argon.verify_password(form.expose().as_bytes(), &hash).is_ok() {
                    return Ok(known);
                }
            }
            Ok(false)
        })
        .await
    }

    /// Returns true if `stored` names no pepper, or one that is configured. Logs a missing one.
    fn has_pepper(&self, stored: &str) -> bool {
        let (pepper, _) = split(stored);
        let has = self.peppers.has(pepper);
        if !has {
            tracing::error!(pepper, "PASSWORD_PEPPERS lacks the key of a stored password; rejecting it");
        }
        has
    }

    /// Reports whether `stored` was made with weaker parameters than today's, or with another
    /// pepper.
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
        hashed.map_err(|error| match error {
            JobError::PoolFull => HashError::Busy,
            JobError::Panicked => HashError::Broke,
        })?
    }
}

fn hash(peppers: &Peppers, password: &Sensitive) -> Result<String, HashError> {
    let pepper = peppers.first();
    let password = forms::composed(password);
    let password = peppers.apply(pepper, &password).ok_or_else(|| HashError::NoPepper(pepper.to_owned()))?;
    let hash = Argon.hash_password(password.expose().as_bytes());
    hash.map(|hash| format!("{pepper}{hash}")).map_err(|error| HashError::Argon2(error.to_string()))
}

#[cfg(test)]
mod tests {
    use estore_base::seal::KeyRing;
    use secrecy::SecretString;

    use super::*;

    fn hasher(peppers: &str) -> Hasher {
        let ring = KeyRing::parse("PASSWORD_PEPPERS", &SecretString::from(peppers));
        Hasher::new(Peppers::new((!peppers.is_empty()).then(|| ring.unwrap()))).unwrap()
    }

    #[tokio::test]
    async fn hash_verifies_only_its_password() {
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
        let of_before = Argon.hash_password(decomposed.as_bytes()).unwrap().to_string();
        for stored in [hasher.hash(Sensitive::from(decomposed)).await.unwrap(), of_before] {
            for typed in [composed, decomposed] {
                let typed = Sensitive::from(typed);
                assert!(hasher.verify(typed, Some(stored.clone())).await.unwrap(), "{stored}");
            }
            assert!(!hasher.verify(Sensitive::from("cafe cafe"), Some(stored)).await.unwrap());
        }
    }

    #[tokio::test]
    async fn freed_place_can_be_taken_again() {
        let hasher = hasher("");
        let mut places: Vec<_> = (0..QUEUE).map(|_| hasher.place().unwrap()).collect();
        assert!(matches!(hasher.place(), Err(HashError::Busy)));
        places.pop();
        assert!(hasher.place().is_ok());
    }

    const OLD: &str = "p1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const NEW: &str = "p2:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

    #[tokio::test]
    async fn appended_pepper_verifies_new_hashes() {
        let password = || Sensitive::from("open sesame");
        let new = hasher(&format!("{NEW},{OLD}")).hash(password()).await.unwrap();
        assert!(new.starts_with("p2$argon2id$"), "{new}");
        assert!(hasher(&format!("{OLD},{NEW}")).verify(password(), Some(new)).await.unwrap());
    }

    #[tokio::test]
    async fn old_hashes_need_their_pepper() {
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
            // As for an address without an account.
            assert!(!hasher(without).verify(password(), Some(old.clone())).await.unwrap());
        }
        assert!(
            !both.verify(password(), Some(old.replace("p1$", "$"))).await.unwrap(),
            "hashed with a pepper"
        );
    }
}
