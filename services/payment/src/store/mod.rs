//! The only module that talks to the service's part of Redis. Every key carries `{pay}`; every
//! write is a function, but for the switches of a demo's faults.

pub mod accounts;
pub mod activity;
pub mod archive;
pub mod audit;
pub mod details;
pub mod faults;
pub mod ledger;
pub mod listed;
pub mod mail;
pub mod methods;
pub mod numbers;
pub mod orders;
pub mod parse;
pub mod reconcile;
pub mod refunds;
pub mod reseal;
pub mod restore;
pub mod sales;
pub mod survey;

use std::time::Duration;

use estore_server::epoch::StaleStore;
use redis::Value;

use crate::Error;

/// The hash tag of every key.
const TAG: &str = "{pay}";

/// Passes on the answer of a function that got the shop's `epoch`, unless it says that the store is
/// stale.
fn not_stale(answer: Value, epoch: i64) -> Result<Value, Error> {
    match &answer {
        Value::Array(parts) => match parts.as_slice() {
            [Value::BulkString(word), Value::BulkString(found)] if word == b"older" => {
                let found = std::str::from_utf8(found).ok().and_then(|found| found.parse().ok());
                Err(StaleStore::Restored { found: found.unwrap_or(0), known: epoch }.into())
            }
            _ => Ok(answer),
        },
        _ => Ok(answer),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
