//! A customer with more orders than one erasure step handles.

use std::collections::BTreeSet;

use estore_contract::{OrderId, payment::Order, privacy::PaymentExport};
use estore_testbed::{
    ServiceName::{Payment, User},
    Shop,
};
use estore_tests::{Access, CARD, Customer, Method, connect_to_store};
use redis::{Client, Value, pipe};
use serde_json::json;
use uuid::Uuid;

use super::stand::{PATIENCE, Store, call, close, restart, start};

const ORDERS: usize = 1103;
const STREET: &str = "78 Canary Row";

/// Writes cancelled orders as the service writes them.
async fn write(shop: &Shop, customer: &Customer, user: Uuid) {
    let card = customer.save_card(CARD).await.to_string();
    let address =
        json!({"line1": STREET, "city": "Norwich", "postal_code": "NR1 3JU", "country": "GB"}).to_string();
    let request = format!(
        r#"{{"items":[{{"sku":"MUG-ENAMEL-01","quantity":1}}],"payment_method_id":"{card}","shipping_address":{address}}}"#
    );
    let client = Client::open(shop.redis_url("operator", 0)).unwrap();
    let mut store = connect_to_store(&client).await.unwrap();
    let user_text = user.to_string();
    let numbers: Vec<usize> = (0..ORDERS).collect();
    for part in numbers.chunks(50) {
        let mut calls = pipe();
        for n in part {
            let id = OrderId::of(user.into(), &n.to_string()).to_string();
            let create = [
                id.as_str(),
                &user_text,
                "f",
                &request,
                &card,
                "1",
                "1000",
                "50",
                "10000",
                &customer.email,
                "en",
                "Ada",
            ];
            calls.cmd("FCALL").arg("pay1_create").arg(1).arg("{pay}").arg(&create);
            for (version, from, to) in [("1", "accepted", "cancelling"), ("2", "cancelling", "cancelled")] {
                let step = [id.as_str(), version, from, to, "1000", "[]", "[]"];
                calls.cmd("FCALL").arg("pay1_advance").arg(1).arg("{pay}").arg(&step);
            }
        }
        let _answers: Vec<Value> = calls.query_async(&mut store).await.unwrap();
    }
}

#[tokio::test]
async fn interrupted_erasure_of_many_orders_resumes() {
    let mut shop = start("many").await;
    let access = Access::to(&shop);
    let customer = Customer::register(&access, &shop.mailbox).await;
    let user = customer.get(User, "/me").await.expect(200).value()["id"].as_str().unwrap().parse().unwrap();
    write(&shop, &customer, user).await;
    let told = call(&shop, "user", Method::GET, &format!("/internal/users/{user}/export")).await.unwrap();
    let told: PaymentExport = told.expect(200).json();
    let ids: BTreeSet<OrderId> = told.orders.iter().map(|order| order.id).collect();
    assert_eq!((told.orders.len(), ids.len()), (ORDERS, ORDERS));
    assert!(told.orders.is_sorted_by_key(|order| std::cmp::Reverse(order.created_at)), "newest first");

    let store = Store::open(&shop).await;
    let holding = async || store.holding(&[&customer.email, STREET]).await.len();
    assert_eq!(holding().await, ORDERS);
    restart(&mut shop, &[("FAIL_POINT", "payment.closing.part")]).await;
    assert!(close(&shop, user).await.is_none(), "it dies after a step");
    let _how = shop.service(Payment).died(PATIENCE).await.unwrap();
    assert_eq!(holding().await, ORDERS - 500);
    shop.service(Payment).start_again().unwrap();
    shop.service(Payment).ready(PATIENCE).await.unwrap();
    let _closed = close(&shop, user).await.unwrap().expect(204);
    assert_eq!(holding().await, 0);
    let order: Order =
        customer.get(Payment, &format!("/orders/{}", told.orders[0].id)).await.expect(200).json();
    assert_eq!((order.items.len(), order.shipping_address), (1, None));
    shop.stop().await.unwrap();
}
