//! Moves orders to the archive.

use std::{collections::BTreeMap, time::Duration};

use estore_contract::{
    OrderId,
    archive::{ArchivablePart, ArchiveOrder, OrderRecord, RecordValue},
};
use estore_stores::redis::{Redis, fcall, fcall_ro};
use redis::{FromRedisValue, Value};

use super::{TAG, millis, parse};
use crate::Error;

/// Examines `limit` orders after `after`, oldest first. Returns those that ended and did not change
/// for the time `idle`.
pub async fn archivable(
    redis: &Redis,
    idle: Duration,
    after: Option<OrderId>,
    limit: usize,
) -> Result<ArchivablePart, Error> {
    let mut call = fcall_ro("pay1_archivable", TAG);
    call.arg(millis(idle)).arg(after.map(|after| after.to_string()).unwrap_or_default()).arg(limit);
    let rows: Vec<Value> = call.query_async(&mut redis.connection()).await?;
    let mut rows = rows.into_iter();
    let next = rows.next().map(parse::text).transpose()?.filter(|id| !id.is_empty());
    let place = |id: String| id.parse().map_err(|_| Error::Unexpected(format!("archive place {id:?}")));
    let next = next.map(place).transpose()?;
    Ok(ArchivablePart { orders: rows.map(record).collect::<Result<_, _>>()?, next })
}

fn record(row: Value) -> Result<OrderRecord, Error> {
    let mut parts = parse::list(row)?.into_iter();
    let mut text = || parts.next().map(parse::text).transpose().map(Option::unwrap_or_default);
    let (id, version, refund_version) = (text()?, text()?, text()?);
    let bad = || Error::Unexpected(format!("record of order {id:?}"));
    let order = ArchiveOrder {
        order_id: id.parse().map_err(|_| bad())?,
        version: version.parse().map_err(|_| bad())?,
        refund_version: refund_version.parse().map_err(|_| bad())?,
    };
    let mut keys = BTreeMap::new();
    while let (Some(key), Some(kind), Some(content)) = (parts.next(), parts.next(), parts.next()) {
        let (key, kind) = (parse::text(key)?, parse::text(kind)?);
        let value = match kind.as_str() {
            "hash" => RecordValue::Hash(BTreeMap::from_redis_value(content).map_err(|_| bad())?),
            "list" => RecordValue::List(Vec::from_redis_value(content).map_err(|_| bad())?),
            _ => return Err(bad()),
        };
        // Redis keeps no empty keys.
        if !matches!(&value, RecordValue::Hash(fields) if fields.is_empty()) {
            keys.insert(key, value);
        }
    }
    Ok(OrderRecord { order, keys })
}

/// Removes an order that was written to the archive; `false` if it changed since and stays. Safe to
/// repeat.
pub async fn archive(redis: &Redis, order: ArchiveOrder) -> Result<bool, Error> {
    let mut call = fcall("pay1_archive", TAG);
    call.arg(order.order_id.to_string()).arg(order.version).arg(order.refund_version);
    let answer: Vec<String> =
        call.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    match answer.first().map(String::as_str) {
        Some("archived") => Ok(true),
        Some("changed") => Ok(false),
        other => Err(Error::Unexpected(format!("{other:?} on archiving {}", order.order_id))),
    }
}

/// Returns true if a missing order was archived.
pub async fn was_archived(redis: &Redis, order: OrderId) -> Result<bool, Error> {
    let call = fcall_ro("pay1_was_archived", TAG).arg(order.to_string()).to_owned();
    Ok(call.query_async::<i64>(&mut redis.connection()).await? == 1)
}
