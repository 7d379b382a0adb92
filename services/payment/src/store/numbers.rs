//! The index of orders by number.

use estore_contract::{OrderId, OrderNumber, UserId};
use estore_stores::redis::{Redis, fcall, fcall_ro};

use super::{
    TAG,
    listed::{orders, texts},
};
use crate::Error;

/// Returns the orders with a number, of one user or of all, in a store that is not older than
/// `epoch`.
pub async fn find(
    redis: &Redis,
    epoch: i64,
    number: OrderNumber,
    user: Option<UserId>,
) -> Result<Vec<OrderId>, Error> {
    let mut call = fcall_ro("pay1_numbered_at", TAG);
    call.arg(epoch).arg(number.id_prefix()).arg(user.map(|user| user.to_string()).unwrap_or_default());
    orders(texts(call.query_async(&mut redis.connection()).await?, epoch)?)
}

/// Adds the next `limit` orders to the index that a version without it created. `place` is the
/// result of the call before, or empty. Returns an empty place once all orders have been examined.
pub async fn index(redis: &Redis, place: &str, limit: usize) -> Result<String, Error> {
    let call = fcall("pay1_number_orders", TAG).arg(limit).arg(place).to_owned();
    call.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)
}
