//! Reservations that move to the archive.

use std::collections::BTreeMap;

use estore_contract::{
    OrderId,
    archive::{RecordValue, ReservationRecords},
};
use estore_stores::redis::{Redis, fcall, fcall_ro};

use super::TAG;
use crate::Error;

/// Returns the reservations of these orders, as stored.
pub async fn records(redis: &Redis, orders: &[OrderId]) -> Result<ReservationRecords, Error> {
    let mut call = fcall_ro("inv1_records", TAG);
    for order in orders {
        call.arg(order.to_string());
    }
    let rows: Vec<(String, String, BTreeMap<String, String>)> =
        call.query_async(&mut redis.connection()).await?;
    let mut records = BTreeMap::new();
    for (order, key, fields) in rows {
        let order = order.parse().map_err(|_| Error::Unexpected(format!("record of {order}")))?;
        records.insert(order, BTreeMap::from([(key, RecordValue::Hash(fields))]));
    }
    Ok(ReservationRecords { records })
}

/// Removes the reservations of these orders, except those that are held. Returns the number of
/// removed ones. A repeat is harmless.
pub async fn forget(redis: &Redis, orders: &[OrderId]) -> Result<u64, Error> {
    let mut call = fcall("inv1_forget", TAG);
    for order in orders {
        call.arg(order.to_string());
    }
    call.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)
}
