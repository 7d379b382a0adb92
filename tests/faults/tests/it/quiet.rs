//! A shop in which all orders have ended, each in another way.

use estore_contract::OrderId;
use estore_faults::history::{Op, OpKind, Outcome};

use crate::shop::{Shop, user};

/// The SKU with 3 units.
pub(crate) const HOT: &str = "HOT";

/// Returns Ada's order with this key.
pub(crate) fn ada(key: &str) -> OrderId {
    OrderId::of(user(1), key)
}

/// Returns Bob's order with this key.
pub(crate) fn bob(key: &str) -> OrderId {
    OrderId::of(user(2), key)
}

pub(crate) async fn shop(name: &str) -> Shop {
    let shop = Shop::start(name).await;
    shop.product("MUG", 250, "USD", 100).await;
    shop.product("PEN", 999, "USD", 40).await;
    shop.product("LAMP", 4500, "EUR", 10).await;
    shop.product(HOT, 100, "USD", 3).await;
    shop.product("GIFT", 0, "USD", 20).await;
    assert_eq!(shop.stage.call("inv1_adjust", &["MUG", "-2", "broken", "k1", "f"]).await[0], "adjusted");
    shop.save_card(user(1)).await;
    shop.save_card(user(2)).await;
    completed(&shop).await;
    refunded(&shop).await;
    at_once(&shop).await;
    free(&shop).await;
    refused(&shop).await;
    undone(&shop).await;
    shop
}

pub(crate) async fn completed(shop: &Shop) {
    let lines = [("MUG", 1), ("PEN", 1), ("MUG", 1)];
    let op = shop.history.invoke(0, Shop::asks(user(1), "plain", &lines));
    let mut order = shop.create(user(1), "plain", &lines).await;
    order.complete().await;
    order.tell(op, 201).await;
    // Its first answer is a 202; a read returns the rest.
    let lines = [("MUG", 1)];
    let op = shop.history.invoke(0, Shop::asks(user(1), "slow", &lines));
    let mut order = shop.create(user(1), "slow", &lines).await;
    order.up_to_confirming().await;
    order.tell(op, 202).await;
    order.sell().await;
    order.advance("confirmed", &[], &[]).await;
    order.take().await;
    order.advance("completed", &[], &["capture"]).await;
    shop.read(order.id).await;
    // The answer is lost; the same key gets another.
    let lines = [("PEN", 2)];
    let op = shop.history.invoke(0, Shop::asks(user(1), "lost", &lines));
    let mut order = shop.create(user(1), "lost", &lines).await;
    order.complete().await;
    shop.history.end(op, Outcome::Unknown { why: "timeout".to_owned() });
    let again = shop.history.invoke(0, Shop::asks(user(1), "lost", &lines));
    order.tell(again, 201).await;
    for key in ["hot1", "hot2", "hot3"] {
        let op = shop.history.invoke(0, Shop::asks(user(1), key, &[(HOT, 1)]));
        let mut order = shop.create(user(1), key, &[(HOT, 1)]).await;
        order.complete().await;
        order.tell(op, 201).await;
    }
}

async fn refunded(shop: &Shop) {
    let lines = [("MUG", 3), ("PEN", 2)];
    let op = shop.history.invoke(0, Shop::asks(user(1), "partly", &lines));
    let mut order = shop.create(user(1), "partly", &lines).await;
    order.complete().await;
    order.tell(op, 201).await;
    order.refund("r1", &[("MUG", 1)], true, &["paid", "done"]).await;
    shop.read(order.id).await;
    order.refund("r2", &[("PEN", 1)], false, &["paid", "done"]).await;
    order.refund("r3", &[("MUG", 1)], true, &["failed"]).await;
    let lines = [("LAMP", 1)];
    let op = shop.history.invoke(0, Shop::asks(user(2), "wholly", &lines));
    let mut order = shop.create(user(2), "wholly", &lines).await;
    order.complete().await;
    order.tell(op, 201).await;
    order.refund("r1", &lines, true, &["paid", "done"]).await;
    shop.read(order.id).await;
}

/// Makes orders that services of version 7 and later bring to their end, in fewer steps.
async fn at_once(shop: &Shop) {
    let lines = [("MUG", 2), ("PEN", 1)];
    for key in ["at-once", "at-once-partly"] {
        let op = shop.history.invoke(0, Shop::asks(user(1), key, &lines));
        let mut order = shop.create(user(1), key, &lines).await;
        order.complete_at_once().await;
        order.tell(op, 201).await;
        if key == "at-once-partly" {
            order.refund("r1", &[("MUG", 1)], true, &["paid", "done"]).await;
            shop.read(order.id).await;
        }
    }
    // The gateway's answer was lost, and there was no time left.
    let op = shop.history.invoke(0, Shop::asks(user(2), "at-once-late", &lines));
    let mut order = shop.create(user(2), "at-once-late", &lines).await;
    order.reserve_and_note().await;
    order.charge("").await;
    order.undo_at_once("order_timed_out").await;
    order.refuse(op, 409, "order_timed_out");
    shop.read(order.id).await;
}

/// Makes free orders, kept and refunded, and free units beside others.
async fn free(shop: &Shop) {
    let gifts = [("GIFT", 3)];
    let op = shop.history.invoke(0, Shop::asks(user(2), "gifts", &gifts));
    let mut order = shop.create(user(2), "gifts", &gifts).await;
    order.give_away().await;
    order.tell(op, 201).await;
    order.refund("r1", &[("GIFT", 2)], true, &["paid", "done"]).await;
    shop.read(order.id).await;
    let lines = [("GIFT", 1), ("MUG", 1)];
    let op = shop.history.invoke(0, Shop::asks(user(2), "with-gift", &lines));
    let mut order = shop.create(user(2), "with-gift", &lines).await;
    order.complete().await;
    order.tell(op, 201).await;
    order.refund("r1", &[("GIFT", 1)], true, &["paid", "done"]).await;
    shop.read(order.id).await;
    // Undone before it was sold: there is nothing to void.
    let op = shop.history.invoke(4, Shop::asks(user(2), "gift-unwanted", &gifts));
    let mut order = shop.create(user(2), "gift-unwanted", &gifts).await;
    order.reserve("600000").await;
    order.tell(op, 202).await;
    let op = shop.history.invoke(4, OpKind::Cancel { order: order.id });
    order.cancelling(None).await;
    order.release().await;
    order.advance("cancelled", &[], &[]).await;
    order.tell(op, 200).await;
}

async fn refused(shop: &Shop) {
    let op = shop.history.invoke(3, Shop::asks(user(2), "declined", &[("MUG", 1)]));
    let mut order = shop.create(user(2), "declined", &[("MUG", 1)]).await;
    order.reserve("600000").await;
    order.create_payment().await;
    order.charge("card_declined").await;
    order.cancelling(Some("payment_declined")).await;
    order.undo().await;
    order.refuse(op, 402, "payment_declined");
    let op = shop.history.invoke(3, Shop::asks(user(2), "short", &[(HOT, 1)]));
    let mut order = shop.create(user(2), "short", &[(HOT, 1)]).await;
    assert_eq!(order.hold("600000").await[0], "short");
    order.cancelling(Some("insufficient_stock")).await;
    order.undo().await;
    order.refuse(op, 409, "insufficient_stock");
    // The order was never created.
    let op = shop.history.invoke(3, Shop::asks(user(2), "no-card", &[("MUG", 1)]));
    let code = "payment_method_not_found".to_owned();
    shop.history.end(op, Outcome::Refused { status: 404, code, order: None });
}

async fn undone(shop: &Shop) {
    let lines = [("MUG", 2)];
    let op = shop.history.invoke(4, Shop::asks(user(2), "late", &lines));
    let mut order = shop.create(user(2), "late", &lines).await;
    order.reserve("600000").await;
    order.create_payment().await;
    order.authorize().await;
    order.cancelling(Some("order_timed_out")).await;
    order.undo().await;
    order.refuse(op, 409, "order_timed_out");
    // Cancelled by its client.
    let op = shop.history.invoke(4, Shop::asks(user(2), "unwanted", &lines));
    let mut order = shop.create(user(2), "unwanted", &lines).await;
    order.tell(op, 202).await;
    let op = shop.history.invoke(4, OpKind::Cancel { order: order.id });
    order.cancelling(None).await;
    order.undo().await;
    order.tell(op, 200).await;
    // Its hold ended while it was confirmed.
    let op = shop.history.invoke(4, Shop::asks(user(2), "expired", &lines));
    let mut order = shop.create(user(2), "expired", &lines).await;
    order.reserve("0").await;
    order.create_payment().await;
    order.authorize().await;
    order.advance("confirming", &[], &[]).await;
    assert_eq!(shop.stage.call("inv1_sweep", &["10"]).await, ["1"]);
    order.cancelling(Some("order_timed_out")).await;
    order.undo().await;
    order.refuse(op, 409, "order_timed_out");
    // The gateway refuses the capture: the units are restocked.
    let op = shop.history.invoke(4, Shop::asks(user(2), "ran-out", &lines));
    let mut order = shop.create(user(2), "ran-out", &lines).await;
    order.up_to_confirmed().await;
    assert_eq!(order.void().await, ["voided", "1"]);
    order.cancelling(Some("payment_declined")).await;
    order.undo().await;
    order.refuse(op, 402, "payment_declined");
    whole(shop).await;
}

/// Makes an order whose void finds a capture: all of it is refunded, which is an alarm.
async fn whole(shop: &Shop) {
    let mut order = shop.create(user(2), "whole", &[("MUG", 4)]).await;
    order.reserve("600000").await;
    order.create_payment().await;
    order.authorize().await;
    order.take().await;
    let op = shop.history.invoke(4, OpKind::Cancel { order: order.id });
    order.cancelling(None).await;
    assert_eq!(order.void().await, ["captured"]);
    order.pay_back(0, 1000).await;
    order.release().await;
    order.advance("cancelled", &[], &["capture", "refund"]).await;
    order.tell(op, 200).await;
    // Its creation is not in the history: another client did that.
    let op = shop.history.invoke(5, Shop::asks(user(2), "whole", &[("MUG", 4)]));
    order.tell(op, 200).await;
}

/// Returns the operation that created the order. The history must have it.
pub(crate) fn op_of(ops: &[Op], order: OrderId) -> usize {
    ops.iter().position(|op| op.kind.order() == Some(order)).unwrap()
}
