//! Opaque cursors. They are not secret and not trusted: whatever one says, it selects only what the caller may see.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

use crate::Problem;

/// `place` as text for `next_cursor`.
#[must_use]
pub fn encode<T: Serialize>(place: &T) -> String {
    // A place is plain data with string keys, which always serializes.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
}

/// The place that a cursor names; 422 where we never made such a one.
pub fn decode<T: DeserializeOwned>(cursor: &str) -> Result<T, Problem> {
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| Problem::field("cursor", "is not a cursor of this list"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_round_trip_and_a_forged_one_is_refused() {
        assert_eq!(decode::<(u8, String)>(&encode(&(7, "x"))).unwrap(), (7, "x".to_owned()));
        for forged in ["", "!!", "e30", &encode(&"other shape")] {
            assert!(decode::<(u8, String)>(forged).is_err(), "{forged}");
        }
    }
}
