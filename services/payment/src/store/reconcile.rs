//! The reconciler's records (order-flow section 5).

use std::time::Duration;

use estore_contract::{OrderId, inventory::JournalEntry};
use estore_stores::redis::{Redis, fcall, fcall_ro};
use redis::Value;

use super::{TAG, millis, parse};
use crate::{Error, domain::State};

/// Returns the place in Inventory's journal to read on from; `None` is its beginning.
pub async fn place(redis: &Redis) -> Result<Option<String>, Error> {
    let place: String = fcall_ro("pay1_journal_place", TAG).query_async(&mut redis.connection()).await?;
    Ok(Some(place).filter(|place| !place.is_empty()))
}

/// Records the journal's entries from `place` on; `false` if another replica recorded them first.
pub async fn note(redis: &Redis, place: Option<&str>, entries: &[JournalEntry]) -> Result<bool, Error> {
    let Some(last) = entries.last() else { return Ok(true) };
    let mut call = fcall("pay1_note", TAG);
    call.arg(place.unwrap_or_default()).arg(&last.cursor);
    for entry in entries {
        if let Some(order) = entry.order_id {
            call.arg(order.to_string()).arg(&entry.kind);
        }
    }
    Ok(call.query_async::<i64>(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)? == 1)
}

/// An order that does not agree with the journal's last entry about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsettled {
    /// The order's id.
    pub order: OrderId,
    /// The order's state; `None` if there is no such order.
    pub state: Option<State>,
}

/// Examines the orders that were recorded longer than `age` ago, and settles those that agree.
/// Returns the number of orders that it examined, and those that do not agree.
pub async fn due(redis: &Redis, age: Duration, limit: usize) -> Result<(usize, Vec<Unsettled>), Error> {
    let rows: Vec<Value> = fcall("pay1_reconcile", TAG)
        .arg(millis(age))
        .arg(limit)
        .query_async(&mut redis.connection())
        .await
        .map_err(Error::OutcomeUnknown)?;
    let mut rows = rows.into_iter();
    let looked = rows.next().map(parse::text).transpose()?.and_then(|count| count.parse().ok());
    let looked = looked.ok_or_else(|| Error::Unexpected("pay1_reconcile".to_owned()))?;
    Ok((looked, rows.map(unsettled).collect::<Result<_, _>>()?))
}

fn unsettled(row: Value) -> Result<Unsettled, Error> {
    let mut fields = parse::list(row)?.into_iter().map(parse::text);
    let (id, status) = (fields.next().transpose()?, fields.next().transpose()?);
    let unknown = || Error::Unexpected(format!("unsettled order {id:?} in state {status:?}"));
    let order = id.as_deref().and_then(|id| id.parse().ok()).ok_or_else(unknown)?;
    let state = match status.as_deref() {
        None | Some("") => None,
        Some(name) => Some(State::parse(name).ok_or_else(unknown)?),
    };
    Ok(Unsettled { order, state })
}

/// Records that an order and its reservation now agree.
pub async fn settled(redis: &Redis, order: OrderId) -> Result<(), Error> {
    let call = fcall("pay1_settled", TAG).arg(order.to_string()).to_owned();
    call.query_async::<i64>(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    Ok(())
}
