//! Times in answers of functions.

use time::OffsetDateTime;

/// Parses a time that a function wrote: milliseconds since 1970.
#[must_use]
pub fn time_of(millis: &str) -> Option<OffsetDateTime> {
    let millis: i64 = millis.parse().ok()?;
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corrupt_time_is_no_time() {
        assert_eq!(time_of("0"), Some(OffsetDateTime::UNIX_EPOCH));
        for corrupt in ["", "x", "1.5", "9223372036854775807"] {
            assert_eq!(time_of(corrupt), None, "{corrupt}");
        }
    }
}
