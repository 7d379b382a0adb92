//! Generates the values of Secrets.

use base64::{Engine, engine::general_purpose::STANDARD};
use estore_base::random;
use serde::Deserialize;

/// The kind of value of a key of a Secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// 32 letters and digits: no URL and no configuration file needs to escape them.
    Password,
    /// 48 bytes, in base64.
    JwtSecret,
    /// An id, a colon and 32 bytes in base64, as `CARD_KEYS` and `PASSWORD_PEPPERS` take it. The id
    /// is random: what was made under a lost key then names no key, instead of a wrong one.
    KeyRing,
}

impl Kind {
    /// Generates a new value.
    pub(super) fn make(self) -> String {
        match self {
            Self::Password => password(),
            Self::JwtSecret => STANDARD.encode(random::bytes::<48>()),
            Self::KeyRing => {
                let id = u16::from_be_bytes(random::bytes());
                format!("k{id:04x}:{}", STANDARD.encode(random::bytes::<32>()))
            }
        }
    }
}

fn password() -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut password = String::with_capacity(32);
    while password.len() < 32 {
        // A byte beyond the last whole multiple would favour some letters.
        let fair = random::bytes::<64>().into_iter().filter(|byte| usize::from(*byte) < LETTERS.len() * 4);
        let letters = fair.filter_map(|byte| LETTERS.get(usize::from(byte) % LETTERS.len()));
        password.extend(letters.map(|letter| char::from(*letter)).take(32 - password.len()));
    }
    password
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_secret_kind_has_its_expected_form() {
        let password = Kind::Password.make();
        assert!(password.len() == 32 && password.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_eq!(STANDARD.decode(Kind::JwtSecret.make()).unwrap().len(), 48);
        let keys = Kind::KeyRing.make();
        let (id, key) = keys.split_once(':').unwrap();
        assert!(id.len() == 5 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
        assert_eq!(STANDARD.decode(key).unwrap().len(), 32);
        assert_ne!(password, Kind::Password.make());
    }

    #[test]
    fn new_key_ring_has_an_unused_id() {
        let id = || Kind::KeyRing.make().split_once(':').unwrap().0.to_owned();
        let ids: BTreeSet<String> = (0..8).map(|_| id()).collect();
        assert!(ids.len() > 1, "{ids:?}");
    }
}
