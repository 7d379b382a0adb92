//! Moments in query strings.

use serde::{Deserialize, Deserializer, de};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use utoipa::ToSchema;

/// A moment as a query string names it, in the form of RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-01-02T03:04:05Z")]
pub struct Moment(pub OffsetDateTime);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let moment = OffsetDateTime::parse(&String::deserialize(deserializer)?, &Rfc3339);
        moment.map(Self).map_err(|_| de::Error::custom("must be a time such as 2026-01-02T03:04:05Z"))
    }
}
