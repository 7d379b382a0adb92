//! Accounts that are closed (order-flow, "Closing an account").

use std::time::Duration;

use estore_contract::UserId;
use estore_kit::redis::{Redis, fcall};
use redis::Cmd;

use super::{TAG, millis};
use crate::Error;

/// What a step of closing came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// Whether there is more to erase: the same call goes on.
    pub more: bool,
    /// How many orders are undone now that were under way.
    pub undone: u64,
}

/// The call that closes an account, and looks at `limit` more of its orders; the ones that it undoes are tried next after `delay`.
#[must_use]
pub fn close_call(user: UserId, limit: usize, delay: Duration) -> Cmd {
    let mut call = fcall("pay1_close", TAG);
    call.arg(user.to_string()).arg(limit).arg(millis(delay));
    call
}

/// Closes an account, known or not, and erases what is personal of `limit` more orders. Harmless to repeat.
pub async fn close(redis: &Redis, user: UserId, limit: usize) -> Result<Closing, Error> {
    let call = close_call(user, limit, Duration::ZERO);
    let (word, undone): (String, u64) =
        call.query_async(&mut redis.connection()).await.map_err(Error::Write)?;
    match word.as_str() {
        "more" => Ok(Closing { more: true, undone }),
        "closed" => Ok(Closing { more: false, undone }),
        _ => Err(Error::Unexpected(word)),
    }
}
