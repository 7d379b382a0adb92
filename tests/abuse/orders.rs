//! Orders that exceed their customer's limits.

use estore_testbed::{Options, ServiceName::Payment, Shop};
use estore_tests::{Access, Answer, CARD, Customer, access, directory, fresh, until};
use reqwest::Method;
use serde_json::{Value, json};

async fn order(customer: &Customer, key: &str, body: &Value) -> Answer {
    Answer::of(customer.order_request(key, body)).await
}

#[tokio::test]
async fn order_over_a_hundred_lines_is_refused() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let card = customer.save_card(CARD).await;
    let with = |count: usize, quantity: u64| {
        let lines: Vec<Value> =
            (0..count).map(|n| json!({"sku": format!("SKU-{n:05}"), "quantity": quantity})).collect();
        json!({"items": lines, "payment_method_id": card})
    };
    for (count, quantity) in [(0, 1), (101, 1), (2_000, 1), (1, 1_000), (1, 1_000_000_000)] {
        let refused =
            order(&customer, "lines", &with(count, quantity)).await.refused(422, "validation_error");
        assert!(refused.details[0].field.starts_with("items"), "{refused:?}");
    }
    let _too_large = order(&customer, "lines", &with(10_001, 1)).await.refused(413, "payload_too_large");
}

#[tokio::test]
async fn idempotency_key_survives_restarts_and_never_expires() {
    let directory = directory("keys");
    let options = Options { faults: true, ..fresh(directory.clone(), &[]) };
    let mut shop = Shop::start(options).await.unwrap();
    let access = Access::to(&shop);
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    let body = json!({"items": [{"sku": "MUG-ENAMEL-01", "quantity": 1}], "payment_method_id": card});
    let first = order(&customer, "kept", &body).await.expect(201).value();
    shop.redis.crash_and_restart().await.unwrap();
    shop.service(Payment).kill().await.unwrap();
    shop.service(Payment).start_again().unwrap();
    let ready =
        async || Answer::try_of(access.http.get(access.url(Payment, "/ready"))).await.map(|a| a.status).ok();
    let _ready = until(std::time::Duration::from_secs(30), ready, |status| *status == Some(200)).await;
    let again = order(&customer, "kept", &body).await.expect(201);
    assert_eq!((again.header("idempotent-replayed"), &again.value()["id"]), ("true", &first["id"]));
    let listed = customer.get(Payment, "/transactions").await.value();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(2), "one authorization, one capture");
    // A key never expires, not even after 25 hours: the order is its own record and has no expiry.
    let password = shop.environment(Payment)["REDIS_PASSWORD"].clone();
    let key = format!("{{pay}}:o:{}", first["id"].as_str().unwrap());
    assert_eq!(shop.redis.ask("operator", &password, &["TTL", &key]).unwrap().trim(), "-1");
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn order_over_the_cap_is_refused() {
    let directory = directory("caps");
    let settings = [("MAX_OPEN_ORDERS", "2"), ("MAX_OPEN_UNITS", "5")];
    let mut shop = Shop::start(fresh(directory.clone(), &settings)).await.unwrap();
    let access = Access::to(&shop);
    let admin = Customer::admin(&access).await;
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    let with = |quantity: u32| json!({"items": [{"sku": "MUG-ENAMEL-01", "quantity": quantity}], "payment_method_id": card});
    // More units in one order than an account may have in progress, so waiting does not help.
    let units = order(&customer, "units", &with(6)).await;
    assert!(units.header("retry-after").is_empty(), "{:?}", units.headers);
    assert_eq!(units.refused(422, "validation_error").details[0].field, "items");
    // While Inventory is stopped, orders stay in progress.
    shop.service(estore_testbed::ServiceName::Inventory).stop().await.unwrap();
    let (one, two) = (order(&customer, "1", &with(1)).await, order(&customer, "2", &with(1)).await);
    assert_eq!((one.status, two.status), (202, 202), "{} {}", one.text, two.text);
    let refused = order(&customer, "3", &with(1)).await;
    assert!(!refused.header("retry-after").is_empty(), "{:?}", refused.headers);
    let _third = refused.refused(429, "rate_limited");
    shop.service(estore_testbed::ServiceName::Inventory).start_again().unwrap();
    let done = async || {
        let mine = Answer::of(customer.request(Method::GET, Payment, "/orders?status=pending")).await;
        mine.value()["items"].as_array().map(Vec::len)
    };
    let _done = until(std::time::Duration::from_mins(1), done, |count| *count == Some(0)).await;
    let _again = order(&customer, "3", &with(1)).await.expect(201);
    assert_eq!(admin.stock("MUG-ENAMEL-01").await.1, 0, "nothing is held");
    shop.stop().await.unwrap();
}
