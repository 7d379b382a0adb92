//! Reservations (order-flow section 4).

use std::{collections::BTreeMap, time::Duration};

use estore_base::fail_point;
use estore_contract::{
    Money, OrderId, Sku,
    inventory::JournalEntry,
    reservation::{Reservation, ReservedLine},
};
use estore_server::epoch::StaleStore;
use estore_stores::redis::{Redis, StreamId, fcall, fcall_ro, time_of};
use redis::Cmd;

use super::TAG;
use crate::{Error, domain::Lines};

/// Holds stock until the deadline, if the store is not older than `epoch`. A repeat gets the first
/// answer.
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
    for (sku, units) in lines.iter() {
        call.arg(sku.as_str()).arg(units);
    }
    write(redis, epoch, order, "reserve", &call).await
}

/// Sells the held stock. The answer has no lines, because the caller knows them.
pub async fn confirm(redis: &Redis, epoch: i64, order: OrderId) -> Result<Reservation, Error> {
    let mut call = fcall("inv1_confirm_at", TAG);
    write(redis, epoch, order, "confirm", call.arg(epoch).arg(order.to_string())).await
}

/// Releases the held stock, and makes a later reserve of the order fail.
pub async fn release(redis: &Redis, epoch: i64, order: OrderId) -> Result<Reservation, Error> {
    let mut call = fcall("inv1_release_at", TAG);
    write(redis, epoch, order, "release", call.arg(epoch).arg(order.to_string())).await
}

/// Restocks sold units: `lines`, or everything that was not returned yet. Takes effect once for
/// each `n`.
pub async fn restock(
    redis: &Redis,
    epoch: i64,
    order: OrderId,
    n: u32,
    lines: Option<&Lines>,
) -> Result<Reservation, Error> {
    let mut call = fcall("inv1_return_at", TAG);
    call.arg(epoch).arg(order.to_string()).arg(n);
    for (sku, units) in lines.into_iter().flat_map(Lines::iter) {
        call.arg(sku.as_str()).arg(units);
    }
    write(redis, epoch, order, "return", &call).await
}

/// Returns the state of a reservation.
pub async fn read(redis: &Redis, order: OrderId) -> Result<Reservation, Error> {
    let answer =
        fcall_ro("inv1_reservation", TAG).arg(order.to_string()).query_async(&mut redis.connection()).await?;
    parse(order, answer)
}

/// Ends at most `limit` holds that are past their deadline, and fewer if they have many lines.
/// Returns the number of ended holds.
pub async fn sweep(redis: &Redis, limit: usize) -> Result<u64, Error> {
    fcall("inv1_sweep", TAG)
        .arg(limit)
        .query_async(&mut redis.connection())
        .await
        .map_err(Error::OutcomeUnknown)
}

/// Returns the journal after a position, or from its beginning.
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
    // Lua encodes an empty list as an empty JSON object.
    let flat: Vec<String> =
        if lines == "{}" { Vec::new() } else { serde_json::from_str(&lines).map_err(|_| bad())? };
    let mut units = BTreeMap::new();
    for pair in flat.chunks(2) {
        let [sku, count] = pair else { return Err(bad()) };
        units.insert(sku.parse().map_err(|_| bad())?, count.parse().map_err(|_| bad())?);
    }
    let order_id = if order.is_empty() { None } else { Some(order.parse().map_err(|_| bad())?) };
    Ok(JournalEntry { kind, order_id, lines: units, cursor })
}

async fn write(
    redis: &Redis,
    epoch: i64,
    order: OrderId,
    name: &'static str,
    call: &Cmd,
) -> Result<Reservation, Error> {
    fail_point!("inventory.{name}.before");
    let answer: Vec<String> =
        call.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    fail_point!("inventory.{name}.written");
    match answer.as_slice() {
        [word, found] if word == "older" => {
            Err(StaleStore::Restored { found: found.parse().unwrap_or(0), known: epoch }.into())
        }
        _ => parse(order, answer),
    }
}

fn parse(order: OrderId, answer: Vec<String>) -> Result<Reservation, Error> {
    let corrupt = |what: &str| Error::Unexpected(format!("{what} of {order}"));
    let mut fields = answer.into_iter();
    let word = fields.next().unwrap_or_default();
    match word.as_str() {
        "confirmed" if fields.len() == 0 => return Err(Error::AlreadyConfirmed),
        "none" => return Err(Error::ReservationUnknown),
        "closed" => return Err(Error::ReservationClosed(fields.next().unwrap_or_default())),
        "mismatch" => return Err(Error::KeyReused),
        "unknown" => {
            let skus = fields.map(|sku| sku.parse()).collect::<Result<_, _>>();
            return Err(skus.map_or_else(|_| corrupt("unknown SKUs"), Error::UnknownSku));
        }
        "short" => {
            let short = short(&fields.collect::<Vec<_>>()).ok_or_else(|| corrupt("short stock"))?;
            return Err(Error::InsufficientStock("items", short));
        }
        "too_many" => {
            return Err(Error::Invalid(vec![estore_contract::FieldError::new(
                "items",
                "must be at most what was sold and not yet returned",
            )]));
        }
        _ => {}
    }
    let status = word.parse().map_err(|_| Error::Unexpected(word))?;
    let deadline = fields.next().filter(|deadline| !deadline.is_empty());
    let deadline =
        deadline.map(|deadline| time_of(&deadline).ok_or_else(|| corrupt("deadline"))).transpose()?;
    let rest: Vec<String> = fields.collect();
    let items = rest.chunks(6).map(line).collect::<Option<Vec<_>>>().ok_or_else(|| corrupt("lines"))?;
    Ok(Reservation { order_id: order, status, expires_at: deadline, items })
}

fn short(pairs: &[String]) -> Option<Vec<(Sku, i64)>> {
    let pair = |pair: &[String]| match pair {
        [sku, left] => Some((sku.parse().ok()?, left.parse().ok()?)),
        _ => None,
    };
    pairs.chunks(2).map(pair).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(answer: &[&str]) -> Result<Reservation, Error> {
        let order = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        parse(order, answer.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn corrupt_reservation_is_refused() {
        let good = ["held", "1", "MUG-1", "Mug", "2", "5", "USD", "0"];
        assert_eq!(read(&good).unwrap().items.len(), 1);
        for at in [0, 1, 2, 4, 5, 6, 7] {
            let mut corrupt = good;
            corrupt[at] = "?";
            assert!(matches!(read(&corrupt), Err(Error::Unexpected(_))), "{corrupt:?}");
        }
        assert!(matches!(read(&good[..5]), Err(Error::Unexpected(_))), "a line that ends early");
    }

    #[test]
    fn corrupt_refusal_is_not_shortened() {
        for corrupt in [["short", "MUG-1", "?"].as_slice(), &["short", "MUG-1"], &["unknown", "MUG-1", ""]] {
            assert!(matches!(read(corrupt), Err(Error::Unexpected(_))), "{corrupt:?}");
        }
    }
}
