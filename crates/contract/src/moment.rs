//! Moments in query strings.

use serde::{Deserialize, Deserializer, de};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};
use utoipa::ToSchema;

/// A moment as a query string names it, in the form of RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-01-02T03:04:05Z")]
pub struct Moment(pub OffsetDateTime);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let moment = OffsetDateTime::parse(&String::deserialize(deserializer)?, &Rfc3339).ok();
        let moment = moment.and_then(|moment| moment.checked_to_offset(UtcOffset::UTC));
        // The beginning of its hour, day or month, and the end of that, have years of four digits.
        let moment = moment.filter(|moment| (1..=9998).contains(&moment.year()));
        moment.map(Self).ok_or_else(|| de::Error::custom("must be a time such as 2026-01-02T03:04:05Z"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};
    use time::macros::datetime;

    use super::*;

    fn read(text: &str) -> Option<OffsetDateTime> {
        from_value::<Moment>(Value::from(text)).ok().map(|moment| moment.0)
    }

    #[test]
    fn years_have_four_digits_in_utc() {
        assert_eq!(read("2026-01-02T03:04:05+01:00"), Some(datetime!(2026-01-02 02:04:05 UTC)));
        assert!(read("0001-01-01T00:00:00Z").is_some() && read("9998-12-31T23:59:59Z").is_some());
        for text in
            ["0001-01-01T00:00:00+01:00", "0000-06-01T00:00:00Z", "9999-01-01T00:00:00Z", "2026-01-02", ""]
        {
            assert_eq!(read(text), None, "{text}");
        }
        assert!(from_value::<Moment>(json!(5)).is_err());
    }
}
