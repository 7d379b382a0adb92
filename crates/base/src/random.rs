//! Randomness from the operating system, and ids and tokens made of it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use estore_contract::{SecretToken, Sensitive};
use uuid::{Builder, Uuid};

use crate::clock::Clock;

/// Returns `N` random bytes.
///
/// # Panics
/// If the operating system has no randomness, because no safe alternative exists.
#[must_use]
#[expect(clippy::expect_used, reason = "a machine without randomness cannot do anything safely")]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes
}

/// Returns a token of 256 random bits, as 43 characters that need no escaping in a URL.
#[must_use]
pub fn token() -> SecretToken {
    Sensitive::from(URL_SAFE_NO_PAD.encode(bytes::<32>())).into()
}

/// Returns a time-ordered id (RFC 9562, version 7).
#[must_use]
pub fn uuid_v7(clock: &dyn Clock) -> Uuid {
    let millis = u64::try_from(clock.now().unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &bytes()).into_uuid()
}

/// Returns a random id (RFC 9562, version 4).
#[must_use]
pub fn uuid_v4() -> Uuid {
    Builder::from_random_bytes(bytes()).into_uuid()
}

/// Returns a number from 0 up to but not including 1, for jitter.
#[must_use]
pub fn fraction() -> f64 {
    f64::from(u32::from_be_bytes(bytes())) / (f64::from(u32::MAX) + 1.0)
}
