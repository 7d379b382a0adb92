//! A secret kept apart from the password hashes. An attacker who has a copy of the database, but
//! not this secret, cannot even test guesses against it.

use estore_base::seal::KeyRing;
use estore_contract::Sensitive;

/// The peppers, newest first. The first is used for new hashes; each is used for the old hashes
/// that name it. Without any pepper, passwords are hashed as they are.
#[derive(Clone)]
pub struct Peppers(Option<KeyRing>);

impl Peppers {
    /// Takes the key ring of `PASSWORD_PEPPERS`.
    #[must_use]
    pub const fn new(ring: Option<KeyRing>) -> Self {
        Self(ring)
    }

    /// Returns the name of the pepper for new hashes, or an empty name if there is none.
    #[must_use]
    pub fn first(&self) -> &str {
        self.0.as_ref().map_or("", KeyRing::first)
    }

    /// Returns true if the pepper `id` is configured. An empty `id` needs none.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        id.is_empty() || self.0.as_ref().is_some_and(|ring| ring.has(id))
    }

    /// Returns the text to hash in place of `password`, for a hash that names the pepper `id`. It
    /// is an HMAC of the password, or the password itself if `id` is empty. Returns `None` if the
    /// pepper is no longer configured.
    #[must_use]
    pub fn apply(&self, id: &str, password: &Sensitive) -> Option<Sensitive> {
        if id.is_empty() {
            return Some(password.clone());
        }
        let (_, mac) = self.0.as_ref()?.fingerprint(Some(id), "password", password.expose().as_bytes())?;
        Some(Sensitive::from(mac))
    }
}

/// Splits a stored hash into the name of its pepper, which may be empty, and the PHC string, which
/// begins with `$`. A text without `$` is no hash, and names no pepper.
pub(super) fn split(stored: &str) -> (&str, &str) {
    stored.split_at(stored.find('$').unwrap_or(0))
}
