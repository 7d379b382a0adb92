//! Keyed hashes. No store keeps a value that identifies a person or a card, nor a hash of it that
//! can be found by trying.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// HMAC-SHA-256 (RFC 2104) with a key derived from a secret of the service, for one use.
#[derive(Clone)]
pub struct KeyedHash(Hmac<Sha256>);

impl KeyedHash {
    /// Derives a key from `secret` for the use that `label` names. Rotating the secret changes the
    /// hashes.
    #[must_use]
    pub fn new(secret: &SecretString, label: &str) -> Self {
        let mut derive = hmac(&Sha256::digest(secret.expose_secret()).into());
        derive.update(label.as_bytes());
        Self(hmac(&derive.finalize().into_bytes().into()))
    }

    /// Returns the hash of `parts`. Each part carries its length, so that no two lists of parts
    /// give the same bytes.
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
    // A key as long as a block, to which HMAC would pad it anyway, cannot have a wrong length.
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
