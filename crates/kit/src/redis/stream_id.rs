//! Ids of entries in streams.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The id of an entry in a stream, as a place to read on from: milliseconds and a number. The first and the last id that there
/// could be are no places: nothing is before the one, nor after the other, and Redis refuses such an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StreamId {
    millis: u64,
    n: u64,
}

/// The text is no id of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a cursor of this list")]
pub struct InvalidStreamId;

impl FromStr for StreamId {
    type Err = InvalidStreamId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (millis, n) = text.split_once('-').ok_or(InvalidStreamId)?;
        let number = |part: &str| part.parse().map_err(|_| InvalidStreamId);
        let id = Self { millis: number(millis)?, n: number(n)? };
        let ends = [Self { millis: 0, n: 0 }, Self { millis: u64::MAX, n: u64::MAX }];
        // As Redis writes it, and no other way.
        if ends.contains(&id) || id.to_string() != text { Err(InvalidStreamId) } else { Ok(id) }
    }
}

impl TryFrom<String> for StreamId {
    type Error = InvalidStreamId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<StreamId> for String {
    fn from(id: StreamId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.millis, self.n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_redis_refuses_are_none() {
        for id in ["0-1", "1764460800123-0", "18446744073709551615-0"] {
            assert_eq!(id.parse::<StreamId>().map(|id| id.to_string()).as_deref(), Ok(id));
        }
        let last = "18446744073709551615-18446744073709551615";
        for text in [
            "0-0",
            last,
            "+1-1",
            "1-+1",
            "01-1",
            "1-01",
            "1",
            "1-",
            "-1",
            "1-1-1",
            " 1-1",
            "1-18446744073709551616",
            "-",
            "+",
            "",
        ] {
            assert_eq!(text.parse::<StreamId>(), Err(InvalidStreamId), "{text}");
        }
    }
}
