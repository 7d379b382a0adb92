//! One of the two databases is lost and the other is not: the reconciler reads Inventory's journal
//! again.

use estore_contract::payment::{Order, RefundList, RefundStatus};
use estore_testbed::ServiceName::{Inventory, Payment};
use estore_tests::{Access, Answer, CARD, Customer, until};
use reqwest::Method;
use serde_json::json;

use super::{
    books::agree,
    keep::{PATIENCE, epoch_check, lose, ready, start},
};

const SKU: &str = "MUG-ENAMEL-01";

#[tokio::test]
async fn stock_of_lost_orders_is_restocked() {
    let mut shop = start("orders-lost").await;
    let access = Access::to(&shop);
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, &shop.mailbox).await);
    let card = customer.save_card(CARD).await;
    let (before, _) = admin.stock(SKU).await;
    let order = customer.order("bought", card, SKU, 3).await.expect(201).json::<Order>();
    let _sold = until(PATIENCE, async || admin.stock(SKU).await, |stock| *stock == (before - 3, 0)).await;

    lose(&shop, &[0]).await;
    assert_eq!(epoch_check(&access, Inventory).await, (200, "ok".to_owned()), "the stock is whole");
    let said = shop.bootstrap_with(&["after-restore"], &[]).await.unwrap();
    assert!(said.contains(&order.id.to_string()), "{said}");
    ready(&mut shop).await;
    let _back = until(PATIENCE, async || admin.stock(SKU).await, |stock| *stock == (before, 0)).await;
    agree(&shop, &[&customer]).await;
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn lost_stock_of_completed_orders_raises_the_alarm() {
    let mut shop = start("stock-lost").await;
    let access = Access::to(&shop);
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    let order = customer.order("bought", card, SKU, 3).await.expect(201).json::<Order>();

    lose(&shop, &[1]).await;
    // The service accepts orders, which wait for their stock.
    let waiting = customer.order("waiting", card, SKU, 1).await.expect(202).json::<Order>();
    assert!(shop.bootstrap().await.is_err());
    let said = shop.bootstrap_with(&["after-restore"], &[]).await.unwrap();
    assert!(said.contains(": 1: 1 agree"), "{said}");
    ready(&mut shop).await;
    let port = shop.environment(Payment)["MANAGEMENT_PORT"].clone();
    let metrics = async || Answer::of(access.http.get(format!("http://127.0.0.1:{port}/metrics"))).await.text;
    let alarm = |text: &String| text.contains("alarm=\"completed_without_stock\"");
    let _raised = until(PATIENCE, metrics, alarm).await;
    let _seeded = shop.bootstrap().await.unwrap();
    let ended = async || customer.order("waiting", card, SKU, 1).await;
    let answer = until(PATIENCE, ended, |answer| !matches!(answer.status, 202 | 503)).await;
    // The hold came in time (201) or not (409). Before the catalogue was seeded, the product did
    // not exist (422).
    assert!(matches!(answer.status, 201 | 409 | 422), "{} {}", answer.status, answer.text);
    assert!(answer.text.contains(&waiting.id.to_string()));
    assert_eq!(customer.order("bought", card, SKU, 3).await.expect(201).json::<Order>().status, order.status);
    agree(&shop, &[&customer]).await;
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn refund_without_its_reservation_ends() {
    let mut shop = start("refund-stock-lost").await;
    let access = Access::to(&shop);
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, &shop.mailbox).await);
    let card = customer.save_card(CARD).await;
    let order = customer.order("bought", card, SKU, 3).await.expect(201).json::<Order>();

    lose(&shop, &[1]).await;
    let _said = shop.bootstrap_with(&["after-restore"], &[]).await.unwrap();
    ready(&mut shop).await;
    let path = format!("/orders/{}/refunds", order.id);
    let request = admin.request(Method::POST, Payment, &path).header("Idempotency-Key", "r");
    let _refund = Answer::of(request.json(&json!({"restock": true}))).await.expect(201);
    let refunds = async || customer.get(Payment, &path).await.expect(200).json::<RefundList>();
    let ended = |refunds: &RefundList| refunds.items[0].status == RefundStatus::Completed;
    let _ended = until(PATIENCE, refunds, ended).await;
    let port = shop.environment(Payment)["MANAGEMENT_PORT"].clone();
    let metrics = Answer::of(access.http.get(format!("http://127.0.0.1:{port}/metrics"))).await.text;
    assert!(metrics.contains("alarm=\"refund_not_restocked\""), "a person must correct the stock");
    agree(&shop, &[&customer]).await;
    shop.stop().await.unwrap();
}
