//! The ledger: what happened to money. Entries are written by the same call that moves their order.

use std::collections::HashMap;

use estore_contract::{Money, UserId, payment::Transaction};
use estore_kit::redis::{Redis, StreamId};
use redis::cmd;
use serde_json::json;

use super::{TAG, time_of};
use crate::Error;

/// A user's entries before the one with the id `before`, newest first, each with its id.
pub async fn list(
    redis: &Redis,
    user: UserId,
    before: Option<StreamId>,
    limit: usize,
) -> Result<Vec<(StreamId, Transaction)>, Error> {
    let from = before.map_or_else(|| "+".to_owned(), |before| format!("({before}"));
    let rows: Vec<(String, HashMap<String, String>)> = cmd("XREVRANGE")
        .arg(format!("{TAG}:u:{user}:ledger"))
        .arg(from)
        .arg("-")
        .arg("COUNT")
        .arg(limit)
        .query_async(&mut redis.connection())
        .await?;
    let read = |(id, fields): (String, _)| {
        let place = id.parse().ok().zip(entry(&id, &fields));
        place.ok_or_else(|| Error::Unexpected(format!("ledger entry {id}")))
    };
    rows.into_iter().map(read).collect()
}

fn entry(id: &str, fields: &HashMap<String, String>) -> Option<Transaction> {
    let text = |name: &str| fields.get(name).map(String::as_str);
    Some(Transaction {
        id: id.to_owned(),
        kind: serde_json::from_value(json!(text("type")?)).ok()?,
        order_id: text("order")?.parse().ok()?,
        amount: Money::new(text("amount")?.parse().ok()?, text("currency")?.parse().ok()?),
        debit: serde_json::from_value(json!(text("debit")?)).ok()?,
        credit: serde_json::from_value(json!(text("credit")?)).ok()?,
        refund_number: text("n").and_then(|n| n.parse().ok()),
        created_at: time_of(text("at")?)?,
    })
}
