//! The only place that talks to the service's part of Redis. Every key carries `{pay}`; every write is a function.

pub mod accounts;
pub mod archive;
pub mod ledger;
pub mod mail;
pub mod methods;
pub mod orders;
pub mod parse;
pub mod reconcile;
pub mod refunds;
pub mod reseal;
pub mod restore;
pub mod survey;

use std::time::Duration;

use time::OffsetDateTime;

/// The tag of every key.
const TAG: &str = "{pay}";

/// A time that a function wrote: milliseconds since 1970.
fn time_of(millis: &str) -> Option<OffsetDateTime> {
    let millis: i64 = millis.parse().ok()?;
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).ok()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
