//! The ledger: the history of money. The call that moves an order also writes its entries.

use std::collections::HashMap;

use estore_contract::{Money, UserId, payment::Transaction};
use estore_stores::redis::{Redis, StreamId, time_of};
use redis::cmd;

use super::TAG;
use crate::Error;

/// Returns a user's entries before the one with the id `before`, newest first, each with its id.
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
        kind: text("type")?.parse().ok()?,
        order_id: text("order")?.parse().ok()?,
        amount: Money::new(text("amount")?.parse().ok()?, text("currency")?.parse().ok()?),
        debit: text("debit")?.parse().ok()?,
        credit: text("credit")?.parse().ok()?,
        refund_number: text("n").map(str::parse).transpose().ok()?,
        created_at: time_of(text("at")?)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corrupt_entry_is_refused() {
        let good = HashMap::from(
            [
                ("type", "refund"),
                ("order", "01890a5d-ac96-774b-bcce-b302099a8057"),
                ("amount", "5"),
                ("currency", "USD"),
                ("debit", "customer"),
                ("credit", "shop"),
                ("n", "1"),
                ("at", "0"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        assert_eq!(entry("1-0", &good).unwrap().refund_number, Some(1));
        for field in good.keys() {
            let mut corrupt = good.clone();
            corrupt.insert(field.clone(), "?".to_owned());
            assert!(entry("1-0", &corrupt).is_none(), "{field}");
        }
    }
}
