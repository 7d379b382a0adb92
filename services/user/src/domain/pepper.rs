//! A secret beside the hashes of passwords: whoever has a copy of the database, but not this, cannot even try passwords against it.

use estore_contract::Sensitive;
use estore_kit::seal::KeyRing;

/// The peppers, newest first: the first is used for new hashes, each for the old ones that name it. Without any, passwords are hashed as
/// they are.
#[derive(Clone)]
pub struct Peppers(Option<KeyRing>);

impl Peppers {
    /// Those of `PASSWORD_PEPPERS`.
    #[must_use]
    pub const fn new(ring: Option<KeyRing>) -> Self {
        Self(ring)
    }

    /// The name of the pepper of new hashes; empty where there is none.
    #[must_use]
    pub fn first(&self) -> &str {
        self.0.as_ref().map_or("", KeyRing::first)
    }

    /// What is hashed instead of `password`, for a hash that names the pepper `id`: an HMAC of it, or itself where `id` is empty. `None` for
    /// a pepper that is not there any more.
    #[must_use]
    pub fn apply(&self, id: &str, password: &Sensitive) -> Option<Sensitive> {
        if id.is_empty() {
            return Some(password.clone());
        }
        let (_, mac) = self.0.as_ref()?.fingerprint(Some(id), "password", password.expose().as_bytes())?;
        Some(Sensitive::from(mac))
    }
}

/// A stored hash: the name of its pepper, which may be empty, and the PHC string, which begins with `$`.
pub(super) fn split(stored: &str) -> (&str, &str) {
    stored.split_at(stored.find('$').unwrap_or(stored.len()))
}
