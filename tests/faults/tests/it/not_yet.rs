//! What the functions do not write yet: refunds, the open set, both sides of a ledger entry, the gateway's refunds and users.
//! Written here as they will be, in plain commands.

use estore_contract::{OrderId, UserId};

use crate::stage::Stage;

fn order_key(id: OrderId) -> String {
    format!("{{pay}}:o:{id}")
}

fn refund_key(id: OrderId, n: i64) -> String {
    format!("{{pay}}:o:{id}:r:{n}")
}

async fn now(stage: &Stage) -> String {
    let (seconds, micros): (i64, i64) = stage.operate(&["TIME"]).await;
    (seconds * 1000 + micros / 1000).to_string()
}

/// `pay1_create` puts a new order into the open set.
pub(crate) async fn opened(stage: &Stage, id: OrderId) {
    let created: String = stage.operate(&["HGET", &order_key(id), "created_at"]).await;
    let _: i64 = stage.operate(&["ZADD", "{pay}:open", &created, &id.to_string()]).await;
}

/// `pay1_advance` takes a final order out of it.
pub(crate) async fn closed(stage: &Stage, id: OrderId) {
    let _: i64 = stage.operate(&["ZREM", "{pay}:open", &id.to_string()]).await;
}

/// `pay1_advance` writes entries with both their sides, and `pay1_refunded` those of refunds with their number.
pub(crate) async fn entry(
    stage: &Stage,
    (user, id): (UserId, OrderId),
    kind: &str,
    (amount, currency): (i64, &str),
    n: Option<i64>,
) {
    let (debit, credit) = match kind {
        "authorization" => ("authorized", "customer"),
        "capture" => ("shop", "authorized"),
        "void" => ("customer", "authorized"),
        _ => ("customer", "shop"),
    };
    let (ledger, order, amount, at) =
        (format!("{{pay}}:u:{user}:ledger"), id.to_string(), amount.to_string(), now(stage).await);
    let n = n.map(|n| n.to_string());
    let mut add = vec!["XADD", &ledger, "*", "type", kind, "order", &order, "amount", &amount];
    add.extend(["currency", currency, "at", &at, "debit", debit, "credit", credit]);
    add.extend(n.iter().flat_map(|n| ["n", n.as_str()]));
    let _: String = stage.operate(&add).await;
    let _: i64 = stage.operate(&["HINCRBY", &order_key(id), &format!("count:{kind}"), "1"]).await;
}

/// `gw1_create` is told whose the order is.
pub(crate) async fn gateway_user(stage: &Stage, id: OrderId, user: UserId) {
    let _: i64 = stage.operate(&["HSET", &format!("{{gw}}:p:{id}"), "user", &user.to_string()]).await;
}

/// `gw1_refund`.
pub(crate) async fn gateway_refund(stage: &Stage, id: OrderId, n: i64, amount: i64) {
    let key = format!("{{gw}}:p:{id}");
    let _: i64 = stage.operate(&["HSET", &key, &format!("refund:{n}"), &amount.to_string()]).await;
    let _: i64 = stage.operate(&["HINCRBY", &key, "refunded", &amount.to_string()]).await;
}

/// A refund that is asked for.
pub(crate) struct NewRefund<'a> {
    pub(crate) key: &'a str,
    pub(crate) lines: &'a [(&'a str, u32)],
    pub(crate) amount: i64,
    pub(crate) currency: &'a str,
    pub(crate) restock: bool,
}

/// `pay1_refund`: answers the refund's number.
pub(crate) async fn requested(stage: &Stage, id: OrderId, new: &NewRefund<'_>) -> i64 {
    let order = order_key(id);
    let n: i64 = stage.operate(&["HINCRBY", &order, "refunds", "1"]).await;
    let flat: Vec<String> =
        new.lines.iter().flat_map(|(sku, pieces)| [(*sku).to_owned(), pieces.to_string()]).collect();
    let (lines, amount, at) =
        (serde_json::to_string(&flat).unwrap(), new.amount.to_string(), now(stage).await);
    let (restock, n_text, key) = (if new.restock { "1" } else { "0" }, n.to_string(), refund_key(id, n));
    let mut set = vec!["HSET", &key, "status", "requested", "version", "1", "attempts", "0", "key", new.key];
    set.extend(["fingerprint", "f", "lines", &lines, "amount", &amount, "currency", new.currency]);
    set.extend(["restock", restock, "reason", "wrong size", "created_at", &at, "updated_at", &at]);
    let _: i64 = stage.operate(&set).await;
    let first = format!("1  requested {at}");
    let _: i64 = stage.operate(&["RPUSH", &format!("{key}:log"), &first]).await;
    let _: i64 = stage.operate(&["HSET", &format!("{order}:keys"), new.key, &n_text]).await;
    let _: i64 = stage.operate(&["HINCRBY", &order, "refund_version", "1"]).await;
    let _: i64 = stage.operate(&["ZADD", "{pay}:work", &at, &format!("{id}/{n}")]).await;
    n
}

/// `pay1_refund_advance`, with what each step brings.
pub(crate) async fn advance_refund(stage: &Stage, user: UserId, id: OrderId, n: i64, from: &str, to: &str) {
    let (key, at) = (refund_key(id, n), now(stage).await);
    let version: i64 = stage.operate(&["HINCRBY", &key, "version", "1"]).await;
    let _: i64 = stage.operate(&["HSET", &key, "status", to, "updated_at", &at]).await;
    let line = format!("{version} {from} {to} {at}");
    let _: i64 = stage.operate(&["RPUSH", &format!("{key}:log"), &line]).await;
    if to == "paid" {
        let (amount, currency): (String, String) =
            stage.operate(&["HMGET", &key, "amount", "currency"]).await;
        let _: i64 = stage.operate(&["HINCRBY", &order_key(id), "refunded", &amount]).await;
        entry(stage, (user, id), "refund", (amount.parse().unwrap(), &currency), Some(n)).await;
    } else {
        let _: i64 = stage.operate(&["ZREM", "{pay}:work", &format!("{id}/{n}")]).await;
    }
    if to == "failed" {
        let _: i64 = stage.operate(&["HSET", &key, "failure", "expired_or_canceled_card"]).await;
    }
}
