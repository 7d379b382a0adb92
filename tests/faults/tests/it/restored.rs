//! Orders that a restore wrote again (order-flow section 7), on the real functions. They satisfy
//! all equations, and an error in one is found.

use estore_contract::{OrderId, UserId};
use estore_faults::checker::When::{Lossy, Quiet};
use serde_json::json;

use crate::{
    audit,
    plant::{breaks, findings, is_clean, order_key, payment_key, reservation_key},
    shop::{Shop, user},
};

const FAILURE: &str = r#"{"code":"order_lost","message":"The order was lost."}"#;

/// The customer whose orders were lost. No client's history has them.
fn grace() -> UserId {
    user(7)
}

async fn shop(name: &str) -> Shop {
    let shop = Shop::start(name).await;
    shop.product("MUG", 250, "USD", 100).await;
    shop.save_card(grace()).await;
    shop
}

async fn call(shop: &Shop, function: &str, args: &[&str], word: &str) {
    assert_eq!(shop.stage.call(function, args).await[0], word, "{function}");
}

/// Returns the line that stands for lost lines of 10.00.
fn unknown_lines() -> String {
    let price = json!({"amount": 1000, "currency": "USD"});
    let line =
        json!({"sku": "LOST", "name": "Unknown", "quantity": 1, "unit_price": price, "line_total": price});
    json!([line]).to_string()
}

/// Sells 4 mugs for 10.00, and captures the money: all of it beside Payment.
async fn sell(shop: &Shop, id: OrderId) {
    let (id, user) = (id.to_string(), grace().to_string());
    call(shop, "inv1_reserve", &[&id, "f", "600000", "MUG", "4"], "held").await;
    call(shop, "gw1_create", &[&id, "1000", "USD", &user], "created").await;
    call(shop, "gw1_authorize", &[&id, ""], "authorized").await;
    call(shop, "inv1_confirm", &[&id], "confirmed").await;
    call(shop, "gw1_capture", &[&id], "captured").await;
}

/// Sells an order that Payment then loses, with refunds of some numbers. Writes it again.
async fn lose(shop: &Shop, key: &str, refunds: &[(&str, &str)]) -> OrderId {
    let order = OrderId::of(grace(), key);
    let (id, user) = (order.to_string(), grace().to_string());
    sell(shop, order).await;
    let mut entries = vec!["authorization", "1000", "", "capture", "1000", ""];
    for &(n, amount) in refunds {
        call(shop, "gw1_refund", &[&id, n, amount], "done").await;
        entries.extend(["refund", amount, n]);
    }
    let (payment, entries) = (format!("sandbox_{id}"), json!(entries).to_string());
    let request = r#"{"items":[],"payment_method_id":"00000000-0000-0000-0000-000000000000"}"#;
    let lines = unknown_lines();
    let args = [id.as_str(), &user, &payment, request, "1000", "USD", FAILURE, &entries, &lines];
    call(shop, "pay1_lost", &args, "1").await;
    order
}

#[tokio::test]
async fn lost_order_waits_for_the_reconciler() {
    let shop = shop("lost").await;
    let order = lose(&shop, "whole", &[("0", "1000")]).await;
    let id = order.to_string();
    audit::is_clean(&shop).await;
    audit::finds(&shop, 4, order, &["ZREM", "{pay}:unsettled", &id]).await;
    // In a quiet shop the reconciler has done its work.
    breaks(&shop, Quiet, 4, order, &["PERSIST", "{inv}:due"]).await;
    call(&shop, "inv1_return", &[&id, "0"], "returned").await;
    is_clean(&shop, Quiet).await;
    audit::is_clean(&shop).await;
}

#[tokio::test]
async fn lost_order_may_have_earlier_refunds() {
    let shop = shop("lost-refunds").await;
    let partly = lose(&shop, "partly", &[("1", "300"), ("0", "700")]).await;
    let before = lose(&shop, "before", &[("1", "400"), ("2", "600")]).await;
    for order in [partly, before] {
        call(&shop, "inv1_return", &[&order.to_string(), "0"], "returned").await;
    }
    is_clean(&shop, Quiet).await;
    let alarms = findings(&shop, Quiet, &["PERSIST", "{inv}:due"]).await.alarms;
    assert_eq!(alarms.len(), 2);
    audit::is_clean(&shop).await;
    for when in [Lossy, Quiet] {
        let key = payment_key(partly);
        // Not all of it went back, or another refund did.
        breaks(&shop, when, 5, partly, &["HSET", &key, "refund:1", "200", "refunded", "900"]).await;
        breaks(&shop, when, 5, partly, &["HSET", &key, "refund:1", "200", "refund:2", "100"]).await;
        let ledger = format!("{{pay}}:u:{}:ledger", grace());
        let entry = ["type", "refund", "debit", "customer", "credit", "shop", "currency", "USD"];
        let more = ["amount", "1", "n", "3", "order", &partly.to_string(), "at", "1"];
        let add = [&["XADD", &ledger, "*"], entry.as_slice(), &more].concat();
        breaks(&shop, when, 5, partly, &add).await;
    }
}

#[tokio::test]
async fn order_undone_as_lost_has_unknown_lines() {
    let shop = shop("lost-undone").await;
    let lines = [("MUG", 4)];
    // The backup has it as accepted; then it was sold.
    let mut order = shop.create(grace(), "undone", &lines).await;
    sell(&shop, order.id).await;
    order.total = (1000, "USD".to_owned());
    let (lost, payment) = (unknown_lines(), format!("sandbox_{}", order.id));
    let mut fields = vec!["lines", lost.as_str(), "amount", "1000", "currency", "USD", "deadline", "1"];
    fields.extend(["payment", &payment, "failure", FAILURE]);
    order.advance("cancelling", &fields, &[]).await;
    audit::is_clean(&shop).await;
    assert_eq!(order.void().await, ["captured"]);
    order.pay_back(0, 1000).await;
    order.release().await;
    order.advance("cancelled", &[], &["authorization", "capture", "refund"]).await;
    is_clean(&shop, Quiet).await;
    audit::is_clean(&shop).await;
    // With another reason, its lines are known, and differ.
    let other = FAILURE.replace("order_lost", "order_timed_out");
    breaks(&shop, Quiet, 4, order.id, &["HSET", &order_key(order.id), "failure", &other]).await;
}

#[tokio::test]
async fn found_refund_may_have_restocked_units() {
    let shop = shop("found-refund").await;
    let lines = [("MUG", 4)];
    let mut order = shop.create(grace(), "found", &lines).await;
    order.complete_at_once().await;
    // The second of two refunds is known to the others alone; the first cost nothing.
    order.put_back(1, &[("MUG", 1)]).await;
    order.pay_back(2, 250).await;
    order.put_back(2, &[("MUG", 1)]).await;
    call(&shop, "pay1_found_refund", &[&order.id.to_string(), "2", "250", "found"], "1").await;
    is_clean(&shop, Quiet).await;
    audit::is_clean(&shop).await;
    breaks(&shop, Quiet, 4, order.id, &["HSET", &reservation_key(order.id), "return:3", "1"]).await;
}
