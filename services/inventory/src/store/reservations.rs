//! Reservations (order-flow section 4).

use std::{collections::BTreeMap, time::Duration};

use estore_contract::{
    Money, OrderId, Sku,
    inventory::JournalEntry,
    reservation::{Reservation, ReservationStatus, ReservedLine},
};
use estore_kit::{
    epoch::Older,
    fail_point,
    redis::{Redis, StreamId, fcall, fcall_ro},
};
use redis::Cmd;

use super::{TAG, time_of};
use crate::{Error, domain::Lines};

/// Sets stock aside until the deadline, in a store that is not older than `epoch`; a repeat gets the first answer.
pub async fn reserve(
    redis: &Redis,
    epoch: i64,
    order: OrderId,
    lines: &Lines,
    hold: Duration,
) -> Result<Reservation, Error> {
    let mut call = fcall("inv1_reserve_at", TAG);
    call.arg(epoch)
        .arg(order.to_string())
        .arg(lines.fingerprint())
        .arg(u64::try_from(hold.as_millis()).unwrap_or(u64::MAX));
    for (sku, pieces) in lines.iter() {
        call.arg(sku.as_str()).arg(pieces);
    }
    write(redis, epoch, order, "reserve", &call).await
}

/// Sells what is held. The answer has no lines: whoever confirms knows them.
pub async fn confirm(redis: &Redis, epoch: i64, order: OrderId) -> Result<Reservation, Error> {
    let mut call = fcall("inv1_confirm_at", TAG);
    write(redis, epoch, order, "confirm", call.arg(epoch).arg(order.to_string())).await
}

/// Lets go of what is held, or keeps a late reserve out.
pub async fn release(redis: &Redis, epoch: i64, order: OrderId) -> Result<Reservation, Error> {
    let mut call = fcall("inv1_release_at", TAG);
    write(redis, epoch, order, "release", call.arg(epoch).arg(order.to_string())).await
}

/// Puts sold stock back: `lines`, or everything that has not come back; once for each `n`.
pub async fn put_back(
    redis: &Redis,
    epoch: i64,
    order: OrderId,
    n: u32,
    lines: Option<&Lines>,
) -> Result<Reservation, Error> {
    let mut call = fcall("inv1_return_at", TAG);
    call.arg(epoch).arg(order.to_string()).arg(n);
    for (sku, pieces) in lines.into_iter().flat_map(Lines::iter) {
        call.arg(sku.as_str()).arg(pieces);
    }
    write(redis, epoch, order, "return", &call).await
}

/// How a reservation stands.
pub async fn read(redis: &Redis, order: OrderId) -> Result<Reservation, Error> {
    let answer =
        fcall_ro("inv1_reservation", TAG).arg(order.to_string()).query_async(&mut redis.connection()).await?;
    parse(order, answer)
}

/// Ends holds that are past their deadline, at most `limit`; answers how many.
pub async fn sweep(redis: &Redis, limit: usize) -> Result<u64, Error> {
    fcall("inv1_sweep", TAG).arg(limit).query_async(&mut redis.connection()).await.map_err(Error::Write)
}

/// The journal after a place, or from its beginning.
pub async fn journal(
    redis: &Redis,
    after: Option<StreamId>,
    limit: usize,
) -> Result<Vec<JournalEntry>, Error> {
    let rows: Vec<(String, String, String, String)> = fcall_ro("inv1_journal", TAG)
        .arg(after.map_or_else(|| "-".to_owned(), |after| after.to_string()))
        .arg(limit)
        .query_async(&mut redis.connection())
        .await?;
    rows.into_iter().map(entry).collect()
}

pub(super) fn entry(
    (cursor, kind, order, lines): (String, String, String, String),
) -> Result<JournalEntry, Error> {
    let bad = || Error::Unexpected(format!("journal entry {cursor}"));
    // An empty list of Lua's is an empty object in JSON.
    let flat: Vec<String> =
        if lines == "{}" { Vec::new() } else { serde_json::from_str(&lines).map_err(|_| bad())? };
    let mut pieces = BTreeMap::new();
    for pair in flat.chunks_exact(2) {
        if let [sku, count] = pair {
            pieces.insert(sku.parse().map_err(|_| bad())?, count.parse().map_err(|_| bad())?);
        }
    }
    let order_id = if order.is_empty() { None } else { Some(order.parse().map_err(|_| bad())?) };
    Ok(JournalEntry { kind, order_id, lines: pieces, cursor })
}

async fn write(
    redis: &Redis,
    epoch: i64,
    order: OrderId,
    name: &'static str,
    call: &Cmd,
) -> Result<Reservation, Error> {
    fail_point!("inventory.{name}.before");
    let answer: Vec<String> = call.query_async(&mut redis.connection()).await.map_err(Error::Write)?;
    fail_point!("inventory.{name}.written");
    match answer.as_slice() {
        [word, found] if word == "older" => {
            Err(Older::Restored { found: found.parse().unwrap_or(0), known: epoch }.into())
        }
        _ => parse(order, answer),
    }
}

fn parse(order: OrderId, answer: Vec<String>) -> Result<Reservation, Error> {
    let mut fields = answer.into_iter();
    let word = fields.next().unwrap_or_default();
    let status = match word.as_str() {
        "held" => ReservationStatus::Held,
        "confirmed" if fields.len() == 0 => return Err(Error::AlreadyConfirmed),
        "confirmed" => ReservationStatus::Confirmed,
        "released" => ReservationStatus::Released,
        "expired" => ReservationStatus::Expired,
        "returned" => ReservationStatus::Returned,
        "none" => return Err(Error::ReservationUnknown),
        "closed" => return Err(Error::ReservationClosed(fields.next().unwrap_or_default())),
        "mismatch" => return Err(Error::KeyReused),
        "unknown" => return Err(Error::UnknownSku(fields.filter_map(|sku| sku.parse().ok()).collect())),
        "short" => return Err(Error::InsufficientStock("items", short(&fields.collect::<Vec<_>>()))),
        "too_many" => {
            return Err(Error::Invalid(vec![estore_contract::FieldError::new(
                "items",
                "more than was sold and not returned yet",
            )]));
        }
        other => return Err(Error::Unexpected(other.to_owned())),
    };
    let deadline = fields.next().filter(|deadline| !deadline.is_empty());
    let rest: Vec<String> = fields.collect();
    let items = rest.chunks_exact(6).map(line).collect::<Option<Vec<_>>>();
    let items = items.ok_or_else(|| Error::Unexpected(format!("lines of {order}")))?;
    Ok(Reservation { order_id: order, status, expires_at: deadline.as_deref().map(time_of), items })
}

fn short(pairs: &[String]) -> Vec<(Sku, i64)> {
    let pair = |pair: &[String]| match pair {
        [sku, left] => Some((sku.parse().ok()?, left.parse().ok()?)),
        _ => None,
    };
    pairs.chunks_exact(2).filter_map(pair).collect()
}

fn line(fields: &[String]) -> Option<ReservedLine> {
    let [sku, name, quantity, amount, currency, returned] = fields else { return None };
    Some(ReservedLine {
        sku: sku.parse().ok()?,
        name: name.clone(),
        quantity: quantity.parse().ok()?,
        unit_price: Money::new(amount.parse().ok()?, currency.parse().ok()?),
        returned: returned.parse().ok()?,
    })
}
