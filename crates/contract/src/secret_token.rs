//! Tokens that only their owners hold.

use sha2::{Digest, Sha256};

use crate::Sensitive;

/// Random bits, as text that needs no escaping in a URL. Stores keep the hash alone.
#[derive(Debug, Clone)]
pub struct SecretToken(Sensitive);

impl SecretToken {
    /// Returns the hash that is stored. Lookups use the hash, so that no comparison reveals by its
    /// time how much of a guess is right.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.expose()).into()
    }

    /// Returns the token, for its owner.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Returns the token as its owner sends it.
    #[must_use]
    pub fn into_inner(self) -> Sensitive {
        self.0
    }
}

/// Accepts any text, because only the hash of an issued token is found.
impl From<Sensitive> for SecretToken {
    fn from(token: Sensitive) -> Self {
        Self(token)
    }
}
