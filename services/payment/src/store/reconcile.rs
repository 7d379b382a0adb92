//! The reconciler's bookkeeping (order-flow section 5).

use std::time::Duration;

use estore_contract::{OrderId, inventory::JournalEntry};
use estore_kit::redis::{Redis, fcall, fcall_ro};
use redis::Value;

use super::{TAG, millis, parse};
use crate::{Error, domain::State};

/// The place in Inventory's journal to read on from; `None` is its beginning.
pub async fn place(redis: &Redis) -> Result<Option<String>, Error> {
    let place: String = fcall_ro("pay1_journal_place", TAG).query_async(&mut redis.connection()).await?;
    Ok(Some(place).filter(|place| !place.is_empty()))
}

/// Notes what the journal said from `place` on; `false` where another replica noted it first.
pub async fn note(redis: &Redis, place: Option<&str>, entries: &[JournalEntry]) -> Result<bool, Error> {
    let Some(last) = entries.last() else { return Ok(true) };
    let mut call = fcall("pay1_note", TAG);
    call.arg(place.unwrap_or_default()).arg(&last.cursor);
    for entry in entries {
        if let Some(order) = entry.order_id {
            call.arg(order.to_string()).arg(&entry.kind);
        }
    }
    Ok(call.query_async::<i64>(&mut redis.connection()).await.map_err(Error::Write)? == 1)
}

/// An order that does not agree with what the journal said last of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsettled {
    /// Which.
    pub order: OrderId,
    /// Where it stands; `None` where there is no such order.
    pub state: Option<State>,
}

/// Settles what agrees of what was noted longer than `age` ago; answers how many were looked at, and what does not agree.
pub async fn due(redis: &Redis, age: Duration, limit: usize) -> Result<(usize, Vec<Unsettled>), Error> {
    let rows: Vec<Value> = fcall("pay1_reconcile", TAG)
        .arg(millis(age))
        .arg(limit)
        .query_async(&mut redis.connection())
        .await
        .map_err(Error::Write)?;
    let mut rows = rows.into_iter();
    let looked = rows.next().map(parse::text).transpose()?.and_then(|count| count.parse().ok()).unwrap_or(0);
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

/// An order and its reservation agree now.
pub async fn settled(redis: &Redis, order: OrderId) -> Result<(), Error> {
    let call = fcall("pay1_settled", TAG).arg(order.to_string()).to_owned();
    call.query_async::<i64>(&mut redis.connection()).await.map_err(Error::Write)?;
    Ok(())
}
