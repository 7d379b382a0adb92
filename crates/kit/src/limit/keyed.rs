//! Keyed hashes: what would name a person or a card is kept in no store, nor is a hash of it that can be found by trying.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// HMAC-SHA-256 (RFC 2104) under a key that is derived from a secret of the service, for one use.
#[derive(Clone)]
pub struct KeyedHash(Hmac<Sha256>);

impl KeyedHash {
    /// Under a key derived from `secret` for the use that `label` names. A secret that is rotated makes other hashes.
    #[must_use]
    pub fn new(secret: &SecretString, label: &str) -> Self {
        let mut derive = hmac(&Sha256::digest(secret.expose_secret()).into());
        derive.update(label.as_bytes());
        Self(hmac(&derive.finalize().into_bytes().into()))
    }

    /// The hash of `parts`, each with its length, so that no two lists of parts are the same bytes.
    #[must_use]
    pub fn of(&self, parts: &[&str]) -> [u8; 32] {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }
}

fn hmac(key: &[u8; 32]) -> Hmac<Sha256> {
    // A key as long as a block, which HMAC would pad it to, and which can be no wrong length.
    let mut block = [0; 64];
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    Hmac::new(&block.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_differ_by_secret_label_and_parts() {
        let hash = |secret: &str, label: &str, parts: &[&str]| {
            KeyedHash::new(&SecretString::from(secret), label).of(parts)
        };
        let one = hash("secret", "limits", &["ab", "c"]);
        assert_eq!(one, hash("secret", "limits", &["ab", "c"]));
        for other in [
            hash("Secret", "limits", &["ab", "c"]),
            hash("secret", "limit", &["ab", "c"]),
            hash("secret", "limits", &["a", "bc"]),
            hash("secret", "limits", &["abc"]),
        ] {
            assert_ne!(one, other);
        }
    }
}
