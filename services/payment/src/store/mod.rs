//! The only place that talks to the service's part of Redis. Every key carries `{pay}`; every write is a function.

pub mod accounts;
pub mod archive;
pub mod ledger;
pub mod listed;
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

use estore_kit::epoch::Older;
use redis::Value;
use time::OffsetDateTime;

use crate::Error;

/// The tag of every key.
const TAG: &str = "{pay}";

/// A time that a function wrote: milliseconds since 1970.
fn time_of(millis: &str) -> Option<OffsetDateTime> {
    let millis: i64 = millis.parse().ok()?;
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).ok()
}

/// Passes on the answer of a function that was told the shop's `epoch`, unless it says that the store is older.
fn not_older(answer: Value, epoch: i64) -> Result<Value, Error> {
    match &answer {
        Value::Array(parts) => match parts.as_slice() {
            [Value::BulkString(word), Value::BulkString(found)] if word == b"older" => {
                let found = std::str::from_utf8(found).ok().and_then(|found| found.parse().ok());
                Err(Older::Restored { found: found.unwrap_or(0), known: epoch }.into())
            }
            _ => Ok(answer),
        },
        _ => Ok(answer),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
