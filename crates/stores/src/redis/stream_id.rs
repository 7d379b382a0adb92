//! Ids of entries in streams.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The id of an entry in a stream, as a place from which to read on: milliseconds and a number. The
/// first and the last possible id are not valid places. Nothing comes before the one or after the
/// other, and Redis rejects such an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StreamId {
    millis: u64,
    n: u64,
}

/// The error for a text that is no id of an entry.
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
        // Accepts only Redis's own spelling.
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
    fn stream_id_that_redis_refuses_is_invalid() {
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
