//! The only place that talks to Redis: one file for each aggregate. Every key carries `{inv}`; every write is a function.

pub mod archive;
pub mod catalog;
pub mod categories;
pub mod changes;
pub mod folding;
pub mod images;
pub mod list;
pub mod quotes;
pub mod reservations;
pub mod stock;
pub mod survey;

use time::OffsetDateTime;

/// The tag of every key.
const TAG: &str = "{inv}";

/// A time that a function wrote: milliseconds since 1970.
fn time_of(millis: &str) -> OffsetDateTime {
    let nanos = millis.parse::<i64>().map_or(0, |millis| i128::from(millis) * 1_000_000);
    OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
