//! An empty volume in place of a shop's data, under running services.

use estore_contract::payment::Order;
use estore_testbed::ServiceName::Inventory;
use estore_tests::{Access, Answer, CARD, Customer, until};
use redis::cmd;
use reqwest::Method;
use serde_json::json;

use super::{
    books::{agree, books},
    keep::{KEPT, PATIENCE, connect, lose, ready, start, unready},
};

const SKU: &str = "MUG-ENAMEL-01";

#[tokio::test]
async fn empty_volume_is_repaired_and_seeded_again() {
    let mut shop = start("empty").await;
    let access = Access::to(&shop);
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    let order = customer.order("bought", card, SKU, 1).await.expect(201).json::<Order>();
    let admin = Customer::admin(&access).await;
    let (on_hand, _) = admin.stock(SKU).await;

    lose(&shop, &KEPT).await;
    let mut functions = connect(shop.redis_url("operator", 0)).await;
    cmd("FUNCTION").arg("FLUSH").query_async::<()>(&mut functions).await.unwrap();
    for key in ["bought", "another"] {
        let _closed = customer.order(key, card, SKU, 1).await.refused(503, "unavailable");
    }
    unready(&access).await;
    let said = shop.bootstrap().await.err().unwrap().to_string();
    assert!(said.contains("the store is stale"), "{said}");
    assert_eq!(customer.get(Inventory, &format!("/products/{SKU}")).await.status, 404, "nothing was seeded");

    let said = shop.bootstrap_with(&["after-restore"], &[]).await.unwrap();
    assert!(said.contains(&order.id.to_string()) && said.contains(": 1: 1 refunded"), "{said}");
    ready(&mut shop).await;
    let said = shop.bootstrap().await.unwrap();
    assert!(said.contains("epoch: 2") && !said.contains(" 0 products new"), "{said}");
    let again = customer.order("bought", card, SKU, 1).await.refused(409, "order_lost");
    assert_eq!(again.order_id, Some(order.id));
    let (state, amount, back) = books(&shop).await.remove(&order.id).unwrap();
    assert_eq!((state.as_str(), back), ("captured", amount));
    agree(&shop, &[&customer]).await;

    // The cards are gone with the orders, and the stock is that of the catalogue again.
    let _gone = customer.order("another", card, SKU, 1).await.refused(404, "payment_method_not_found");
    let card = customer.save_card(CARD).await;
    let body = json!({"items": [{"sku": SKU, "quantity": 1}], "payment_method_id": card});
    let _new = Answer::of(customer.order_request("new", &body)).await.expect(201);
    let sold = (on_hand, 0);
    let _stock = until(PATIENCE, async || admin.stock(SKU).await, |stock| *stock == sold).await;
    agree(&shop, &[&customer]).await;
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn stale_store_takes_no_catalogue_writes() {
    let mut shop = start("stale-catalogue").await;
    let access = Access::to(&shop);
    let admin = Customer::admin(&access).await;
    let path = format!("/products/{SKU}");
    let before = admin.get(Inventory, &path).await.expect(200).value();
    let mut store = connect(shop.redis_url("operator", 1)).await;
    cmd("SET").arg("{inv}:epoch").arg(0).query_async::<()>(&mut store).await.unwrap();
    let body = json!({"name": "N", "description": "d", "price": {"amount": 1, "currency": "USD"}, "category": "desk"});
    for (method, path, body) in [
        (Method::PATCH, path.as_str(), json!({"name": "N"})),
        (Method::PUT, &path, body),
        (Method::DELETE, &path, json!({})),
        (Method::PUT, "/categories/new", json!({"name": "New"})),
        (Method::DELETE, "/categories/desk", json!({})),
    ] {
        let request = admin.request(method, Inventory, path).header("If-Match", "*").json(&body);
        let _refused = Answer::of(request).await.refused(503, "unavailable");
    }
    assert_eq!(admin.get(Inventory, &path).await.expect(200).value(), before);
    shop.stop().await.unwrap();
}
