//! Closed accounts (order-flow, "Closing an account").

use std::time::Duration;

use estore_contract::UserId;
use estore_stores::redis::{Redis, fcall};
use redis::Cmd;

use super::{TAG, millis};
use crate::Error;

/// The result of one step of closing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// True if there is more to erase: repeat the same call.
    pub more: bool,
    /// The number of orders in progress that are now undone.
    pub undone: u64,
}

/// Returns the call that closes an account and examines `limit` more of its orders. Orders that it
/// undoes are retried after `delay`.
#[must_use]
pub fn close_call(user: UserId, limit: usize, delay: Duration) -> Cmd {
    let mut call = fcall("pay1_close", TAG);
    call.arg(user.to_string()).arg(limit).arg(millis(delay));
    call
}

/// Closes an account, known or not, and erases the personal data of `limit` more orders. Safe to
/// repeat.
pub async fn close(redis: &Redis, user: UserId, limit: usize) -> Result<Closing, Error> {
    let call = close_call(user, limit, Duration::ZERO);
    let (word, undone): (String, u64) =
        call.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    match word.as_str() {
        "more" => Ok(Closing { more: true, undone }),
        "closed" => Ok(Closing { more: false, undone }),
        _ => Err(Error::Unexpected(word)),
    }
}
