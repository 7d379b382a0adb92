//! Encrypted values and their keys. A value decrypts only if it was encrypted, and only for its own
//! parts.

use std::sync::LazyLock;

use estore_base::seal::KeyRing;
use estore_payment::domain::StoredCard;
use secrecy::SecretString;

use crate::{choose, text};

const KEYS: &str =
    "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=,k0:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

static RING: LazyLock<Option<KeyRing>> = LazyLock::new(|| ring(KEYS));

fn ring(keys: &str) -> Option<KeyRing> {
    KeyRing::parse("CARD_KEYS", &SecretString::from(keys)).ok()
}

pub(crate) fn check(data: &[u8]) {
    let Some(ring) = RING.as_ref() else { return };
    match choose(data, 4) {
        Some((0, bytes)) => forged(ring, bytes),
        Some((1, bytes)) => there_and_back(ring, bytes),
        Some((2, bytes)) => changed(ring, bytes),
        Some((_, bytes)) => keys(bytes),
        None => {}
    }
}

/// Checks that a value written into the store by an attacker does not decrypt.
fn forged(ring: &KeyRing, bytes: &[u8]) {
    if let Some(text) = text(bytes) {
        assert!(ring.open(&["user", "card"], text).is_err(), "{text} was forged");
    }
    if let Ok(card) = serde_json::from_slice::<StoredCard>(bytes) {
        assert!(card.decrypt(ring).is_err(), "{card:?} was forged");
    }
}

/// Checks that an encrypted value decrypts for the same parts, and for no others with the same
/// letters.
fn there_and_back(ring: &KeyRing, bytes: &[u8]) {
    let mut parts = bytes.splitn(3, |byte| *byte == b'\n');
    let (Some(Some(one)), Some(Some(two)), Some(plain)) =
        (parts.next().map(text), parts.next().map(text), parts.next())
    else {
        return;
    };
    let Some(sealed) = ring.seal(&[one, two], plain) else { return };
    assert_eq!(ring.open(&[one, two], &sealed).ok().as_deref().map(Vec::as_slice), Some(plain));
    let joined = format!("{one}{two}");
    for others in [&[one][..], &[&joined], &[&joined, ""], &[one, two, ""], &[two, one]] {
        assert!(others == [one, two] || ring.open(others, &sealed).is_err(), "{others:?}");
    }
}

/// Checks an encrypted value with one changed byte.
fn changed(ring: &KeyRing, bytes: &[u8]) {
    let [at, other, ..] = bytes else { return };
    let Some(sealed) = ring.seal(&["user", "card"], b"4242424242424242") else { return };
    let mut sealed = sealed.into_bytes();
    let at = usize::from(*at) % sealed.len();
    if let Some(byte) = sealed.get_mut(at).filter(|byte| **byte != *other) {
        *byte = *other;
        if let Some(text) = text(&sealed) {
            assert!(ring.open(&["user", "card"], text).is_err(), "{text} opens");
        }
    }
}

/// Checks a setting: it gives a ring that encrypts and decrypts, or a message without the keys.
fn keys(bytes: &[u8]) {
    let Some(keys) = text(bytes) else { return };
    match KeyRing::parse("CARD_KEYS", &SecretString::from(keys)) {
        Ok(ring) => {
            let sealed = ring.seal(&["user"], b"x");
            assert!(sealed.is_some_and(|sealed| ring.open(&["user"], &sealed).is_ok()), "{keys}");
        }
        // The message is one of two, and contains nothing of the keys.
        Err(error) => {
            let twice = "k:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,k:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
            let others =
                ["!", twice].map(|keys| KeyRing::parse("CARD_KEYS", &SecretString::from(keys)).err());
            assert!(!error.to_string().contains('\n') && others.contains(&Some(error)), "it says more");
        }
    }
}
