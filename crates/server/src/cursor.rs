//! Opaque cursors. A list's cursor holds a place of one type and nothing else. Cursors are not
//! secret and give no rights: a cursor selects only rows that the caller may see.

use std::marker::PhantomData;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use estore_contract::Limit;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use utoipa::IntoParams;

use crate::Problem;

/// The longest cursor that is read.
const LONGEST: usize = 2048;
/// The number of bytes of the digest in a cursor.
const DIGEST: usize = 8;

/// The query parameters of a list without filters.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// The most items on a page.
    #[serde(default)]
    pub limit: Limit,
    /// `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

/// The cursors of one list, whose places are `T`. Each part of a place is a type that validates
/// itself, because it is passed to a store.
///
/// A cursor carries a place, and a digest of the list's name and the place. The digest
/// distinguishes our cursor from that of another list, or from one that was cut or edited. It has
/// no key, because nothing depends on it: replicas agree on it, and no key rotation invalidates the
/// cursors that clients hold.
pub struct Cursor<T> {
    list: &'static str,
    place: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> Cursor<T> {
    /// Creates the cursors of the list with this name, which is unique in the shop.
    #[must_use]
    pub const fn of(list: &'static str) -> Self {
        Self { list, place: PhantomData }
    }

    /// Returns `place` as text for `next_cursor`.
    #[must_use]
    pub fn encode(&self, place: &T) -> String {
        // A place is plain data with string keys, which always serializes.
        let place = serde_json::to_vec(place).unwrap_or_default();
        URL_SAFE_NO_PAD.encode([self.digest(&place).as_slice(), &place].concat())
    }

    /// Returns the place in a cursor, or 422 for a cursor that we never made.
    pub fn decode(&self, cursor: &str) -> Result<T, Problem> {
        self.place(cursor).ok_or_else(|| Problem::field("cursor", "is not a cursor of this list"))
    }

    /// Decodes the cursor, if there is one.
    pub fn read(&self, cursor: Option<&str>) -> Result<Option<T>, Problem> {
        cursor.map(|cursor| self.decode(cursor)).transpose()
    }

    fn place(&self, cursor: &str) -> Option<T> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor.get(..LONGEST.min(cursor.len()))?).ok()?;
        let (digest, place) = bytes.split_at_checked(DIGEST)?;
        let place = serde_json::from_slice(place).ok().filter(|_| self.digest(place) == digest)?;
        // One place has one spelling.
        (self.encode(&place) == cursor).then_some(place)
    }

    fn digest(&self, place: &[u8]) -> [u8; DIGEST] {
        let hash = Sha256::new().chain_update(self.list).chain_update([0]).chain_update(place).finalize();
        let mut short = [0; DIGEST];
        for (to, from) in short.iter_mut().zip(hash) {
            *to = from;
        }
        short
    }
}

/// A time as a place: microseconds since 1970, the precision of the stores, up to the year 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Moment(OffsetDateTime);

impl Moment {
    /// Returns the time.
    #[must_use]
    pub const fn time(self) -> OffsetDateTime {
        self.0
    }
}

impl From<OffsetDateTime> for Moment {
    fn from(time: OffsetDateTime) -> Self {
        Self(time)
    }
}

impl From<Moment> for i64 {
    fn from(Moment(time): Moment) -> Self {
        // Cannot overflow within the years that a moment allows.
        Self::try_from(time.unix_timestamp_nanos() / 1000).unwrap_or(Self::MAX)
    }
}

impl TryFrom<i64> for Moment {
    type Error = &'static str;

    fn try_from(micros: i64) -> Result<Self, Self::Error> {
        let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000);
        time.ok().filter(|_| micros >= 0).map(Self).ok_or("must be a time from 1970 to 9999")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: Cursor<(Moment, u8)> = Cursor::of("things");

    fn moment(micros: i64) -> Moment {
        micros.try_into().unwrap()
    }

    #[test]
    fn cursor_survives_the_round_trip() {
        for micros in [0, 1, 1_764_460_800_123_456, 253_402_300_799_999_999] {
            let place = (moment(micros), 7);
            assert_eq!(LIST.decode(&LIST.encode(&place)).unwrap(), place);
        }
    }

    #[test]
    fn cursor_that_means_nothing_here_is_refused() {
        let raw = |list: &str, place: &str| {
            let text: Cursor<serde_json::Value> = Cursor::of("things");
            let hash = if list == "things" { text.digest(place.as_bytes()) } else { [1; DIGEST] };
            URL_SAFE_NO_PAD.encode([hash.as_slice(), place.as_bytes()].concat())
        };
        assert!(LIST.decode(&raw("things", "[0,7]")).is_ok());
        for place in [
            "[-1,7]",
            "[0,256]",
            "[0,null]",
            "[null,7]",
            "[0]",
            "[0,7,1]",
            " [0,7]",
            "[0, 7]",
            "[0.0,7]",
            "[9223372036854775807,7]",
            "[[-9999,1,0,0,0,0,0,0,0],7]",
            "{}",
            "null",
            "\"0-0\"",
            "",
        ] {
            assert!(LIST.decode(&raw("things", place)).is_err(), "{place}");
        }
        assert!(LIST.decode(&raw("edited", "[0,7]")).is_err());
        let other: Cursor<(Moment, u8)> = Cursor::of("others");
        assert!(LIST.decode(&other.encode(&(moment(0), 7))).is_err());
        for text in ["", "!", "AA", "AAAAAAAAAAA", "é", &"A".repeat(5000)] {
            assert!(LIST.decode(text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_edit_of_a_cursor_passes() {
        let cursor = LIST.encode(&(moment(1_764_460_800_123_456), 7));
        for at in 0..cursor.len() {
            for letter in ["A", "z", "_", "=", ""] {
                let mut edited = cursor.clone();
                edited.replace_range(at..=at, letter);
                assert!(edited == cursor || LIST.decode(&edited).is_err(), "{edited}");
            }
        }
    }
}
