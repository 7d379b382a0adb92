//! Encryption of stored secrets: AES-256-GCM (NIST SP 800-38D) with named keys, which allows key
//! rotation.

use std::collections::BTreeSet;

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{config::ConfigError, random};

const EXAMPLE: &str = "k1:<base64 of 32 random bytes>[,k0:<an older key>]";

/// The keys, newest first. The first encrypts, and each of them decrypts.
#[derive(Clone)]
pub struct KeyRing(Vec<Key>);

#[derive(Clone)]
struct Key {
    id: String,
    bytes: Zeroizing<Vec<u8>>,
    cipher: Aes256Gcm,
}

/// The error for an encrypted value that cannot be decrypted: another key, another owner, or
/// changed bytes. It does not say which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the value cannot be decrypted")]
pub struct CannotOpen;

impl KeyRing {
    /// Reads `id:base64,id:base64`, newest first, from the setting `name`.
    pub fn parse(name: &'static str, keys: &SecretString) -> Result<Self, ConfigError> {
        let ring: Option<Vec<Key>> =
            keys.expose_secret().split(',').map(|key| Key::parse(key.trim())).collect();
        let ring = ring.ok_or_else(|| {
            ConfigError::new(name, "is wrong (each key is an id, a colon and 32 bytes in base64)", EXAMPLE)
        })?;
        let ids: BTreeSet<&str> = ring.iter().map(|key| key.id.as_str()).collect();
        if ids.len() < ring.len() {
            // A value encrypted with the second of them would never decrypt.
            return Err(ConfigError::new(name, "has two keys with one id", EXAMPLE));
        }
        Ok(Self(ring))
    }

    /// Returns the id of the key that encrypts.
    #[must_use]
    pub fn first(&self) -> &str {
        self.0.first().map_or("", |key| key.id.as_str())
    }

    /// Returns true if the ring has the key `id`.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.0.iter().any(|key| key.id == id)
    }

    /// Returns true if `sealed` was encrypted with the current key.
    #[must_use]
    pub fn is_under_first(&self, sealed: &str) -> bool {
        sealed.split_once('.').is_some_and(|(id, _)| id == self.first())
    }

    /// Encrypts `plaintext`, bound to `aad`, which names its owner. Only the same `aad` decrypts
    /// it.
    #[must_use]
    pub fn seal(&self, aad: &[&str], plaintext: &[u8]) -> Option<String> {
        let key = self.0.first()?;
        let nonce: [u8; 12] = random::bytes();
        let payload = Payload { msg: plaintext, aad: &key.bind(aad) };
        let sealed = key.cipher.encrypt(&Nonce::from(nonce), payload).ok()?;
        Some(format!("{}.{}.{}", key.id, STANDARD.encode(nonce), STANDARD.encode(sealed)))
    }

    /// Decrypts a value that [`KeyRing::seal`] made with the same `aad`.
    pub fn open(&self, aad: &[&str], sealed: &str) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        let mut parts = sealed.splitn(3, '.');
        let (Some(id), Some(nonce), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(CannotOpen);
        };
        let key = self.0.iter().find(|key| key.id == id).ok_or(CannotOpen)?;
        let nonce: [u8; 12] =
            STANDARD.decode(nonce).ok().and_then(|nonce| nonce.try_into().ok()).ok_or(CannotOpen)?;
        let text = STANDARD.decode(text).map_err(|_| CannotOpen)?;
        let payload = Payload { msg: &text, aad: &key.bind(aad) };
        key.cipher.decrypt(&Nonce::from(nonce), payload).map(Zeroizing::new).map_err(|_| CannotOpen)
    }

    /// Returns a keyed fingerprint (HMAC-SHA-256, RFC 2104) of `data`, and the id of its key. Uses
    /// the key `id` of an earlier fingerprint, or the newest. Equal data has equal fingerprints,
    /// and nobody without the key can try values.
    #[must_use]
    pub fn fingerprint(&self, id: Option<&str>, label: &str, data: &[u8]) -> Option<(String, String)> {
        let key = self.0.iter().find(|key| id.is_none_or(|id| key.id == id))?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key.bytes).ok()?;
        mac.update(label.as_bytes());
        mac.update(&[0]);
        mac.update(data);
        Some((key.id.clone(), STANDARD.encode(mac.finalize().into_bytes())))
    }
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        let (id, key) = text.split_once(':')?;
        let bytes = Zeroizing::new(STANDARD.decode(key).ok()?);
        let cipher = Aes256Gcm::new_from_slice(&bytes).ok()?;
        let plain = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric());
        plain.then(|| Self { id: id.to_owned(), bytes, cipher })
    }

    /// Joins the parts and the key's id. Each carries its length, so that no two lists of parts
    /// give the same bytes.
    fn bind(&self, aad: &[&str]) -> Vec<u8> {
        let parts = aad.iter().copied().chain([self.id.as_str()]);
        parts.flat_map(|part| (part.len() as u64).to_be_bytes().into_iter().chain(part.bytes())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(text: &str) -> KeyRing {
        KeyRing::parse("CARD_KEYS", &SecretString::from(text)).unwrap()
    }

    const OLD: &str = "k0:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const NEW: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

    #[test]
    fn value_decrypts_only_for_its_owner_after_rotation() {
        let sealed = ring(OLD).seal(&["user", "card"], b"4242").unwrap();
        let rotated = ring(&format!("{NEW},{OLD}"));
        assert_eq!(*rotated.open(&["user", "card"], &sealed).unwrap(), b"4242");
        assert!(rotated.open(&["other", "card"], &sealed).is_err());
        assert!(rotated.open(&["userc", "ard"], &sealed).is_err());
        assert!(ring(NEW).open(&["user", "card"], &sealed).is_err());
        assert!(rotated.seal(&[], b"x").unwrap().starts_with("k1."));
        assert!(!rotated.is_under_first(&sealed) && ring(OLD).is_under_first(&sealed));
        assert_eq!(rotated.first(), "k1");
    }

    #[test]
    fn short_or_duplicate_key_is_refused() {
        let parse = |text: &str| KeyRing::parse("CARD_KEYS", &SecretString::from(text));
        assert!(parse("k1:AAAA").is_err());
        assert!(parse(&format!("{NEW},{OLD},{NEW}")).is_err());
    }
}
