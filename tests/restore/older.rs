//! Orders older than the backup, and a backup that could be mistaken for the live store.

use estore_contract::{
    Money,
    payment::{Order, OrderStatus, Refund, RefundList, RefundStatus},
};
use estore_testbed::{
    ServiceName::{Inventory, Payment},
    Shop,
};
use estore_tests::{Access, Answer, CARD, Customer, until};
use redis::cmd;
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    books::{agree, books},
    keep::{BOOKS, PATIENCE, back_up, connect, epoch_check, lose, put_back, ready, start},
};

const SKU: &str = "MUG-ENAMEL-01";

/// Makes everything that is older than the last epoch older by the safety margin too.
fn an_hour_passes(shop: &Shop) {
    let later = "UPDATE epochs SET raised_at = raised_at + interval '1 hour'";
    shop.postgres.sql("userdb", later).unwrap();
}

/// Checks that a reconstructed lost order is complete: its lines add up to its total, all of which
/// was refunded.
fn adds_up(lost: &Order, total: Money) {
    assert_eq!((lost.status, lost.total, lost.refunded), (OrderStatus::Cancelled, Some(total), Some(total)));
    let lines: i64 = lost.items.iter().map(|line| line.line_total.unwrap().amount).sum();
    assert_eq!((lines, lost.payment_method.brand.as_str()), (total.amount, "unknown"));
}

async fn refund_one(admin: &Customer, order: &Order, key: &str) -> Answer {
    refund_with(admin, order, key, json!({"items": [{"sku": SKU, "quantity": 1}]})).await
}

/// Refunds one unit, as a client does that has seen the first refund.
async fn refund_another(admin: &Customer, order: &Order, key: &str) -> Answer {
    let body = json!({"items": [{"sku": SKU, "quantity": 1}], "refunds_seen": 1});
    refund_with(admin, order, key, body).await
}

async fn refund_with(admin: &Customer, order: &Order, key: &str, body: Value) -> Answer {
    let path = format!("/orders/{}/refunds", order.id);
    let request = admin.request(Method::POST, Payment, &path).header("Idempotency-Key", key);
    Answer::of(request.json(&body)).await
}

#[tokio::test]
async fn orders_before_the_last_backup_are_not_undone() {
    let mut shop = start("no-copy").await;
    let access = Access::to(&shop);
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, &shop.mailbox).await);
    let card = customer.save_card(CARD).await;
    let (on_hand, _) = admin.stock(SKU).await;
    let old = customer.order("old", card, SKU, 3).await.expect(201).json::<Order>();
    let said = shop.bootstrap_with(&["raise-epoch"], &[]).await.unwrap();
    assert!(said.contains("epoch: 2"), "{said}");
    an_hour_passes(&shop);
    let new = customer.order("new", card, SKU, 4).await.expect(201).json::<Order>();
    let sold = async || admin.stock(SKU).await;
    let _sold = until(PATIENCE, sold, |stock| *stock == (on_hand - 7, 0)).await;

    lose(&shop, &[0]).await;
    let _noticed =
        until(PATIENCE, async || epoch_check(&access, Payment).await, |(status, _)| *status == 503).await;
    // The service does not claim that the order does not exist.
    let path = format!("/orders/{}", new.id);
    let _closed = customer.get(Payment, &path).await.refused(503, "unavailable");
    let said = shop.bootstrap_with(&["after-restore"], &[]).await.unwrap();
    assert!(said.contains(&new.id.to_string()) && !said.contains(&old.id.to_string()), "{said}");
    ready(&mut shop).await;
    let _lost = customer.order("new", card, SKU, 4).await.refused(409, "order_lost");
    adds_up(&customer.get(Payment, &path).await.expect(200).json(), new.total.unwrap());
    let kept = books(&shop).await.into_iter().map(|(id, (_, amount, back))| (id, amount - back));
    let mut kept: Vec<_> = kept.collect();
    kept.sort_unstable_by_key(|(_, left)| *left);
    assert_eq!(kept, [(new.id, 0), (old.id, old.total.unwrap().amount)]);
    // The units of the lost order return to the stock. Those of the other order are with their
    // buyer.
    let _back = until(PATIENCE, sold, |stock| *stock == (on_hand - 3, 0)).await;
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn later_refund_of_an_old_order_is_found() {
    let mut shop = start("old-refund").await;
    let access = Access::to(&shop);
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, &shop.mailbox).await);
    let card = customer.save_card(CARD).await;
    let order = customer.order("old", card, SKU, 3).await.expect(201).json::<Order>();
    let _said = shop.bootstrap_with(&["raise-epoch"], &[]).await.unwrap();
    an_hour_passes(&shop);
    let backup = back_up(&shop).await;
    let _refund = refund_one(&admin, &order, "first").await.expect(201);
    let _refund = refund_one(&admin, &order, "second").await.expect(201);

    put_back(&shop, &backup).await;
    let said = shop.bootstrap_with(&["after-restore"], &[]).await.unwrap();
    assert!(said.contains(&order.id.to_string()), "{said}");
    ready(&mut shop).await;
    let path = format!("/orders/{}", order.id);
    let now: Order = customer.get(Payment, &path).await.expect(200).json();
    assert_eq!(now.status, OrderStatus::PartiallyRefunded);
    let refunds: RefundList = customer.get(Payment, &format!("{path}/refunds")).await.expect(200).json();
    assert_eq!(refunds.items.len(), 2);
    let _repeated = refund_one(&admin, &order, "second").await.refused(409, "order_not_refundable");
    let _older = refund_another(&admin, &order, "third").await.refused(409, "order_not_refundable");
    agree(&shop, &[&customer]).await;
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn unseen_refunds_show_before_another_is_made() {
    let mut shop = start("unseen-refund").await;
    let access = Access::to(&shop);
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, &shop.mailbox).await);
    let card = customer.save_card(CARD).await;
    let order = customer.order("old", card, SKU, 3).await.expect(201).json::<Order>();
    // The payment is older than those that after-restore lists.
    let mut gateway = connect(shop.redis_url("operator", BOOKS)).await;
    let mut age = cmd("ZADD");
    age.arg("{gw}:payments").arg("XX").arg("CH").arg(0).arg(order.id.to_string());
    assert_eq!(age.query_async::<i64>(&mut gateway).await.unwrap(), 1);
    let backup = back_up(&shop).await;
    let _unseen = refund_one(&admin, &order, "unseen").await.expect(201);

    put_back(&shop, &backup).await;
    let said = shop.bootstrap_with(&["after-restore"], &[]).await.unwrap();
    assert!(!said.contains(&order.id.to_string()), "{said}");
    ready(&mut shop).await;
    // The client repeats a request whose answer was lost. It must not pay twice.
    for _ in 0..2 {
        let _shown = refund_one(&admin, &order, "unseen").await.refused(409, "order_not_refundable");
    }
    let path = format!("/orders/{}/refunds", order.id);
    let seen: RefundList = customer.get(Payment, &path).await.expect(200).json();
    assert_eq!(seen.items.iter().map(|refund| refund.number).collect::<Vec<_>>(), [1]);
    let next: Refund = refund_another(&admin, &order, "next").await.expect(201).json();
    assert_eq!((next.number, next.status), (2, RefundStatus::Completed));
    agree(&shop, &[&customer]).await;
    let _last = refund_another(&admin, &order, "last").await.expect(201);
    let _too_much = refund_another(&admin, &order, "too-much").await.refused(422, "validation_error");
    agree(&shop, &[&customer]).await;
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn refund_of_an_order_in_progress_is_found() {
    let mut shop = start("refund-in-progress").await;
    let access = Access::to(&shop);
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, &shop.mailbox).await);
    let card = customer.save_card(CARD).await;
    let body = json!({"items": [{"sku": SKU, "quantity": 3}], "payment_method_id": card});
    let buy = async || Answer::try_of(customer.order_request("old", &body)).await.ok();
    // In the backup, the stock is sold, and the order is not completed yet.
    shop.service(Payment).stop().await.unwrap();
    shop.service(Payment).start_with(&[("FAIL_POINT", "payment.confirm.answered")]).unwrap();
    shop.service(Payment).ready(PATIENCE).await.unwrap();
    assert!(buy().await.is_none(), "Payment dies");
    shop.service(Payment).died(PATIENCE).await.unwrap();
    let backup = back_up(&shop).await;
    shop.service(Payment).start_again().unwrap();
    let bought = |answer: &Option<Answer>| answer.as_ref().is_some_and(|answer| answer.status == 201);
    let order: Order = until(PATIENCE, buy, bought).await.unwrap().json();
    let _refund = refund_one(&admin, &order, "r").await.expect(201);

    put_back(&shop, &backup).await;
    let _said = shop.bootstrap_with(&["after-restore"], &[]).await.unwrap();
    ready(&mut shop).await;
    let path = format!("/orders/{}", order.id);
    let now = async || customer.get(Payment, &path).await.expect(200).json::<Order>();
    let refunded = |order: &Order| order.status == OrderStatus::PartiallyRefunded;
    let _found = until(PATIENCE, now, refunded).await;
    agree(&shop, &[&customer]).await;
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn backup_after_an_interrupted_raise_is_stale() {
    let mut shop = start("cut-short").await;
    let access = Access::to(&shop);
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    let dies = [("FAIL_POINT", "bootstrap.epoch.redis")];
    assert!(shop.bootstrap_with(&["raise-epoch"], &dies).await.is_err());
    let backup = back_up(&shop).await;
    let lost = customer.order("lost", card, SKU, 1).await.expect(201).json::<Order>();

    for service in [Inventory, Payment] {
        shop.service(service).stop().await.unwrap();
    }
    put_back(&shop, &backup).await;
    for service in [Inventory, Payment] {
        shop.service(service).start_again().unwrap();
    }
    for service in [Inventory, Payment] {
        let (status, said) = epoch_check(&access, service).await;
        assert!(status == 503, "{service}: {said}");
    }
    let said = shop.bootstrap_with(&["after-restore"], &[]).await.unwrap();
    assert!(said.contains(&lost.id.to_string()), "{said}");
    ready(&mut shop).await;
    let _lost = customer.order("lost", card, SKU, 1).await.refused(409, "order_lost");
    agree(&shop, &[&customer]).await;
    shop.stop().await.unwrap();
}
