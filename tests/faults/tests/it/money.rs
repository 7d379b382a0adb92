//! Equations 5 and 6, each broken in a real store.

use estore_contract::{OrderId, UserId};
use estore_faults::checker::When::{Always, Lossy, Quiet};

use crate::{
    audit, moving,
    plant::{breaks, findings, is_clean, order_key, payment_key},
    quiet::{self, ada, bob},
    shop::{Shop, user},
};

fn ledger(user: UserId) -> String {
    format!("{{pay}}:u:{user}:ledger")
}

/// Plants an extra ledger entry, which must be found.
async fn entry(shop: &Shop, when: estore_faults::checker::When, of: (UserId, OrderId), fields: &[&str]) {
    let (key, order) = (ledger(of.0), of.1.to_string());
    let mut add = vec!["XADD", &key, "*", "order", &order, "at", "1"];
    add.extend(fields);
    breaks(shop, when, 5, of.1, &add).await;
}

const CAPTURE: [&str; 8] = ["type", "capture", "debit", "shop", "credit", "authorized", "currency", "USD"];

#[tokio::test]
async fn equation_5_completed_order_has_one_capture() {
    let shop = quiet::shop("eq5-ledger").await;
    is_clean(&shop, Quiet).await;
    let (sold, late, declined) = (ada("plain"), bob("late"), bob("declined"));
    let with = |amount: &'static str| [CAPTURE.as_slice(), &["amount", amount]].concat();
    for when in [Always, Lossy, Quiet] {
        // Captured twice; on a cancelled order; without an authorization; without an order.
        entry(&shop, when, (user(1), sold), &with("1499")).await;
        entry(&shop, when, (user(2), late), &with("500")).await;
        entry(&shop, when, (user(2), declined), &with("250")).await;
        entry(&shop, when, (user(1), OrderId::of(user(1), "never")), &with("1")).await;
        // Completed, and nothing captured.
        breaks(&shop, when, 5, sold, &["DEL", &ledger(user(1))]).await;
        breaks(&shop, when, 5, late, &["HSET", &order_key(late), "status", "completed"]).await;
        breaks(&shop, when, 5, sold, &["HSET", &order_key(sold), "status", "cancelled"]).await;
        breaks(&shop, when, 5, sold, &["HINCRBY", &order_key(sold), "count:capture", "1"]).await;
        breaks(&shop, when, 5, sold, &["HSET", &order_key(sold), "user", &user(2).to_string()]).await;
        breaks(&shop, when, 5, sold, &["HINCRBY", &order_key(sold), "amount", "1"]).await;
        // A refund without a request, and a refund without an entry.
        let refund = ["type", "refund", "debit", "customer", "credit", "shop", "currency", "USD"];
        let refund = [refund.as_slice(), &["amount", "1", "n", "1"]].concat();
        let key = ledger(user(1));
        let order = sold.to_string();
        let add = [&["XADD", &key, "*", "order", &order, "at", "1"], refund.as_slice()].concat();
        breaks(&shop, when, 5, format!("{sold}/1"), &add).await;
        let failed = format!("{}/3", ada("partly"));
        let key = format!("{}:r:3", order_key(ada("partly")));
        breaks(&shop, when, 5, failed, &["HSET", &key, "status", "done"]).await;
        let key = format!("{}:r:1", order_key(ada("partly")));
        breaks(&shop, when, 5, format!("{}/1", ada("partly")), &["HINCRBY", &key, "amount", "1"]).await;
    }
    // The wrong account: the authorized money does not balance either.
    let wrong = ["type", "void", "debit", "customer", "credit", "shop", "currency", "USD", "amount", "500"];
    entry(&shop, Always, (user(2), late), &wrong).await;
    is_clean(&shop, Quiet).await;
}

#[tokio::test]
async fn equation_5_gateway_records_agree_with_the_ledger() {
    let shop = quiet::shop("eq5-books").await;
    let (sold, late, declined, expired) = (ada("plain"), bob("late"), bob("declined"), bob("unwanted"));
    for when in [Lossy, Quiet] {
        // The gateway's records are behind the ledger.
        breaks(&shop, when, 5, sold, &["HSET", &payment_key(sold), "state", "authorized"]).await;
        breaks(&shop, when, 5, sold, &["DEL", &payment_key(sold)]).await;
        breaks(&shop, when, 5, late, &["HSET", &payment_key(late), "was_authorized", "0"]).await;
        let partly = ada("partly");
        breaks(&shop, when, 5, format!("{partly}/1"), &["HDEL", &payment_key(partly), "refund:1"]).await;
        breaks(&shop, when, 5, format!("{partly}/2"), &["HINCRBY", &payment_key(partly), "refund:2", "1"])
            .await;
        breaks(&shop, when, 5, partly, &["HINCRBY", &payment_key(partly), "refunded", "1"]).await;
        // A refund without a request.
        breaks(&shop, when, 5, format!("{partly}/3"), &["HSET", &payment_key(partly), "refund:3", "250"])
            .await;
        breaks(&shop, when, 5, format!("{partly}/9"), &["HSET", &payment_key(partly), "refund:9", "1"]).await;
        breaks(&shop, when, 5, format!("{sold}/0"), &["HSET", &payment_key(sold), "refund:0", "1499"]).await;
        // Another order, amount or user; twice.
        breaks(&shop, when, 5, sold, &["HINCRBY", &payment_key(sold), "amount", "1"]).await;
        breaks(&shop, when, 5, sold, &["HSET", &payment_key(sold), "currency", "EUR"]).await;
        breaks(&shop, when, 5, sold, &["HSET", &payment_key(sold), "user", &user(2).to_string()]).await;
        breaks(&shop, when, 5, sold, &["HINCRBY", &payment_key(sold), "times:captured", "1"]).await;
        breaks(&shop, when, 5, sold, &["DEL", &order_key(sold)]).await;
        breaks(&shop, when, 5, sold, &["ZREM", "{gw}:payments", &sold.to_string()]).await;
    }
    // The records are ahead of the ledger, which is a violation when quiet.
    breaks(&shop, Quiet, 5, late, &["HSET", &payment_key(late), "state", "captured"]).await;
    breaks(&shop, Quiet, 5, late, &["HSET", &payment_key(late), "state", "authorized"]).await;
    breaks(&shop, Quiet, 5, declined, &["HSET", &payment_key(declined), "was_authorized", "1"]).await;
    breaks(&shop, Quiet, 5, declined, &["HSET", &payment_key(declined), "state", "created"]).await;
    breaks(&shop, Quiet, 5, expired, &["DEL", &payment_key(expired)]).await;
    breaks(&shop, Quiet, 5, expired, &["HSET", &payment_key(expired), "state", "created"]).await;
    is_clean(&shop, Quiet).await;
    let shop = moving::shop("eq5-moving").await;
    is_clean(&shop, Lossy).await;
    let nothing = ["PERSIST", "{inv}:due"];
    for key in ["noted", "authorized", "confirming", "confirmed", "taken", "cancelling"] {
        breaks(&shop, Quiet, 5, moving::erin(key), &nothing).await;
    }
    // A capture before `confirming` is a violation at every moment.
    let early = moving::erin("authorized");
    breaks(
        &shop,
        Lossy,
        5,
        early,
        &["HSET", &payment_key(early), "state", "captured", "times:captured", "1"],
    )
    .await;
}

const REFUND: [&str; 10] =
    ["type", "refund", "debit", "customer", "credit", "shop", "currency", "USD", "n", "1"];

#[tokio::test]
async fn free_order_with_money_is_found() {
    let shop = quiet::shop("eq5-free").await;
    let (gifts, beside) = (bob("gifts"), bob("with-gift"));
    for when in [Always, Lossy, Quiet] {
        entry(&shop, when, (user(2), gifts), &[CAPTURE.as_slice(), &["amount", "1"]].concat()).await;
        let (key, order) = (ledger(user(2)), beside.to_string());
        let add = ["XADD", &key, "*", "order", &order, "at", "1", "amount", "1"];
        breaks(&shop, when, 5, format!("{beside}/1"), &[add.as_slice(), &REFUND].concat()).await;
    }
    let bob_id = user(2).to_string();
    for when in [Lossy, Quiet] {
        let created = ["HSET", &payment_key(gifts), "state", "created", "amount", "1", "currency", "USD"];
        let created = [created.as_slice(), &["user", &bob_id, "times:created", "1"]].concat();
        breaks(&shop, when, 5, gifts, &created).await;
        let refunded = ["HSET", &payment_key(beside), "refund:1", "1", "refunded", "1"];
        breaks(&shop, when, 5, format!("{beside}/1"), &refunded).await;
    }
    is_clean(&shop, Quiet).await;
}

#[tokio::test]
async fn free_order_of_an_earlier_version_passes() {
    let shop = quiet::shop("eq5-free-earlier").await;
    let bob_id = user(2).to_string();
    let note = async |order: OrderId, entry: &[&str], count: &str| {
        let (key, order_text) = (ledger(user(2)), order.to_string());
        let add = ["XADD", &key, "*", "order", &order_text, "at", "1", "amount", "0"];
        let _: String = shop.stage.operate(&[add.as_slice(), entry].concat()).await;
        let _: i64 = shop.stage.operate(&["HINCRBY", &order_key(order), count, "1"]).await;
    };
    let authorization =
        ["type", "authorization", "debit", "authorized", "credit", "customer", "currency", "USD"];
    let void = ["type", "void", "debit", "customer", "credit", "authorized", "currency", "USD"];
    for (key, entry, count) in [("gifts", CAPTURE, "count:capture"), ("gift-unwanted", void, "count:void")] {
        let (order, is_sold) = (bob(key), count == "count:capture");
        let id = order.to_string();
        assert_eq!(shop.stage.call("gw1_create", &[&id, "0", "USD", &bob_id]).await, ["created"]);
        assert_eq!(shop.stage.call("gw1_authorize", &[&id, ""]).await, ["authorized"]);
        let end = if is_sold { "gw1_capture" } else { "gw1_void" };
        let _ended = shop.stage.call(end, &[&id]).await;
        note(order, &authorization, "count:authorization").await;
        note(order, &entry, count).await;
    }
    // Their refunds of nothing, too.
    for order in [bob("gifts"), bob("with-gift")] {
        assert_eq!(shop.stage.call("gw1_refund", &[&order.to_string(), "1", "0"]).await, ["done"]);
        note(order, &REFUND, "count:refund").await;
    }
    for when in [Always, Lossy, Quiet] {
        is_clean(&shop, when).await;
    }
    audit::is_clean(&shop).await;
}

#[tokio::test]
async fn capture_refunded_by_a_void_is_an_alarm() {
    let shop = quiet::shop("eq5-whole").await;
    let (whole, key) = (bob("whole"), payment_key(bob("whole")));
    let found = findings(&shop, Quiet, &["PERSIST", &key]).await;
    assert_eq!((found.violations.as_slice(), found.alarms.len()), ([].as_slice(), 1));
    assert_eq!(found.alarms[0].subject, whole.to_string());
    // Refunded in part, or not at the gateway: then it is a violation.
    breaks(&shop, Quiet, 5, whole, &["HSET", &key, "refund:0", "999", "refunded", "999"]).await;
    breaks(&shop, Quiet, 5, whole, &["HDEL", &key, "refund:0", "refunded"]).await;
    let less = ["HSET", &order_key(whole), "amount", "999"];
    breaks(&shop, Quiet, 5, whole, &less).await;
    breaks(&shop, Quiet, 10, whole, &less).await;
}

#[tokio::test]
async fn unnoted_payment_has_the_price_of_its_hold() {
    let shop = quiet::shop("unnoted").await;
    let lines = [("MUG", 2)];
    let op = shop.history.invoke(0, Shop::asks(user(2), "unnoted", &lines));
    let mut order = shop.create(user(2), "unnoted", &lines).await;
    order.create_unnoted().await;
    order.undo_at_once("order_timed_out").await;
    order.refuse(op, 409, "order_timed_out");
    shop.read(order.id).await;
    is_clean(&shop, Quiet).await;
    for change in [["amount", "501"], ["currency", "EUR"], ["state", "captured"], ["was_authorized", "1"]] {
        breaks(&shop, Quiet, 5, order.id, &["HSET", &payment_key(order.id), change[0], change[1]]).await;
    }
}

#[tokio::test]
async fn equation_6_refunds_never_exceed_captures() {
    let shop = quiet::shop("eq6").await;
    let (sold, partly) = (ada("plain"), ada("partly"));
    let order = order_key(sold);
    for when in [Lossy, Quiet] {
        breaks(&shop, when, 6, "USD", &["HINCRBY", &order, "refunded", "1"]).await;
        breaks(&shop, when, 6, "USD", &["HSET", &order, "status", "cancelled"]).await;
        breaks(&shop, when, 6, "EUR", &["HINCRBY", &order_key(bob("wholly")), "refunded", "-1"]).await;
        // A total is the sum of its lines.
        breaks(&shop, when, 6, sold, &["HINCRBY", &order, "amount", "1"]).await;
        breaks(&shop, when, 6, sold, &["HSET", &order, "currency", "EUR"]).await;
        breaks(&shop, when, 6, sold, &["HDEL", &order, "lines", "amount", "currency"]).await;
        for (quantity, unit, total) in [(2, 250, 501), (3, 250, 500), (2, 251, 500)] {
            let usd = |amount: i64| format!(r#"{{"amount":{amount},"currency":"USD"}}"#);
            let line = |sku: &str, n: i64, unit: i64, total: i64| {
                let (unit, total) = (usd(unit), usd(total));
                format!(
                    r#"{{"sku":"{sku}","name":"{sku}","quantity":{n},"unit_price":{unit},"line_total":{total}}}"#
                )
            };
            let lines = format!("[{},{}]", line("MUG", quantity, unit, total), line("PEN", 1, 999, 999));
            breaks(&shop, when, 6, sold, &["HSET", &order, "lines", &lines]).await;
        }
        // The refunded amount is the sum of the paid refunds, at the prices of the order.
        breaks(&shop, when, 6, partly, &["HINCRBY", &order_key(partly), "refunded", "-1"]).await;
        let first = format!("{}:r:1", order_key(partly));
        breaks(&shop, when, 6, format!("{partly}/1"), &["HINCRBY", &first, "amount", "1"]).await;
        breaks(&shop, when, 6, format!("{partly}/1"), &["HSET", &first, "currency", "EUR"]).await;
        breaks(&shop, when, 6, format!("{partly}/1"), &["HSET", &first, "lines", r#"["PEN","1"]"#]).await;
        // More units, or more money, than the order has.
        let lines = ["HSET", &first, "lines", r#"["MUG","4"]"#, "amount", "1000"];
        breaks(&shop, when, 6, partly, &lines).await;
        let lines = ["HSET", &first, "lines", r#"["MUG","3","PEN","2"]"#, "amount", "2748"];
        breaks(&shop, when, 6, partly, &lines).await;
        // A refund of an order that is not completed.
        let late = bob("late");
        let key = format!("{}:r:1", order_key(late));
        let mut refund = vec!["HSET", &key, "status", "requested", "version", "1", "key", "k", "lines", "{}"];
        refund.extend(["amount", "0", "currency", "USD", "restock", "0", "created_at", "1"]);
        breaks(&shop, when, 6, late, &refund).await;
    }
    is_clean(&shop, Quiet).await;
}
