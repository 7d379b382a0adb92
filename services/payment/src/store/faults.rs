//! The switches of a demo's faults: keys that expire. They are no part of any order, so they are
//! plain keys and not written by a function.

use std::time::Duration;

use estore_contract::demo::SwitchKind;
use estore_stores::redis::Redis;
use redis::cmd;

use super::{TAG, millis};
use crate::Error;

/// Switches a fault on for this long, or off if it is zero.
pub async fn switch(redis: &Redis, kind: SwitchKind, length: Duration) -> Result<(), Error> {
    let mut command;
    if length.is_zero() {
        command = cmd("DEL");
        command.arg(key(kind));
    } else {
        command = cmd("SET");
        command.arg(key(kind)).arg("on").arg("PX").arg(millis(length));
    }
    command.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)
}

/// Returns each fault, and whether it is on.
pub async fn read(redis: &Redis) -> Result<Vec<(SwitchKind, bool)>, Error> {
    let keys = SwitchKind::ALL.map(key);
    let found: Vec<Option<String>> = cmd("MGET").arg(&keys).query_async(&mut redis.connection()).await?;
    Ok(SwitchKind::ALL.into_iter().zip(found).map(|(kind, value)| (kind, value.is_some())).collect())
}

fn key(kind: SwitchKind) -> String {
    format!("{TAG}:fault:{}", kind.as_str())
}
