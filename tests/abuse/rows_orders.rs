//! Forbidden attempts of buyers: keys, fields of others, prices, cards, and cancelling too late.

use std::time::Duration;

use estore_contract::payment::{Order, OrderStatus};
use estore_testbed::{
    ServiceName::{Inventory, Payment, User},
    Shop,
};
use estore_tests::{Access, Answer, CARD, Customer, access, directory, fresh, shop, unique};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn money_and_stock_writes_need_a_key() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let sku = admin.add_product(5, 100).await;
    let order = "/orders/0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01/refunds";
    let stock = format!("/products/{sku}/stock/adjustments");
    let body = json!({"items": [{"sku": sku, "quantity": 1}], "payment_method_id": unique()});
    let adjustment = json!({"delta": 1, "reason": "x"});
    let writes =
        [(Payment, "/orders", &body), (Payment, order, &json!({})), (Inventory, stock.as_str(), &adjustment)];
    for (service, path, body) in writes {
        let _missing = admin.post(service, path, body).await.refused(400, "idempotency_key_required");
        for empty in ["", "\"\""] {
            let request = admin.request(Method::POST, service, path).header("Idempotency-Key", empty);
            let _empty = Answer::of(request.json(body)).await.refused(400, "idempotency_key_required");
        }
        for bad in ["two words".to_owned(), "k".repeat(256), "k\u{e9}".to_owned()] {
            let request = admin.request(Method::POST, service, path).header("Idempotency-Key", bad);
            let refused = Answer::of(request.json(body)).await.refused(422, "validation_error");
            assert_eq!(refused.details[0].field, "Idempotency-Key");
        }
        let twice = admin.request(Method::POST, service, path);
        let twice = twice.header("Idempotency-Key", "a").header("Idempotency-Key", "b").json(body);
        let _twice = Answer::of(twice).await.refused(422, "validation_error");
    }
    assert_eq!(admin.stock(&sku).await, (5, 0));
}

#[tokio::test]
async fn idempotency_key_never_expires() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let admin = Customer::admin(&access).await;
    let (sku, card) = (admin.add_product(5, 100).await, customer.save_card(CARD).await);
    let order = customer.order("kept", card, &sku, 1).await.expect(201).value();
    let id = order["id"].as_str().unwrap();
    // Nothing expires, so a repeat after 25 hours is the same as one after a second.
    let observer = shop().environment(Payment)["REDIS_PASSWORD"].clone();
    let ask = |command: &[&str]| shop().redis.ask("observer", &observer, command).unwrap();
    let keys = ask(&["KEYS", &format!("*{id}*")]);
    assert!(keys.lines().count() >= 1, "{keys}");
    for key in keys.lines() {
        assert_eq!(ask(&["TTL", key]), "-1", "{key}");
    }
    let again = customer.order("kept", card, &sku, 1).await.expect(201);
    assert_eq!((again.value()["id"].as_str(), again.header("idempotent-replayed")), (Some(id), "true"));
}

#[tokio::test]
async fn client_cannot_set_fields_of_the_shop() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let admin = Customer::admin(&access).await;
    let (sku, card) = (admin.add_product(5, 900).await, customer.save_card(CARD).await);
    let order = json!({"items": [{"sku": sku, "quantity": 1}], "payment_method_id": card});
    for (field, value) in [
        ("total", json!({"amount": 1, "currency": "USD"})),
        ("status", json!("completed")),
        ("user_id", json!(unique())),
        ("id", json!(unique())),
        ("refunded", json!(0)),
    ] {
        let mut body = order.clone();
        body[field] = value;
        let refused =
            Answer::of(customer.order_request("more", &body)).await.refused(422, "validation_error");
        assert_eq!(refused.details[0].field, field);
    }
    let mut priced = order.clone();
    priced["items"][0]["unit_price"] = json!({"amount": 1, "currency": "USD"});
    let _refused = Answer::of(customer.order_request("more", &priced)).await.refused(422, "validation_error");
    let bought: Order = Answer::of(customer.order_request("more", &order)).await.expect(201).json();
    assert_eq!(bought.total.unwrap().amount, 900, "the shop's own price");

    for field in ["role", "email_verified", "id", "status", "created_at", "permissions"] {
        let mut account =
            json!({"email": "eve@example.com", "password": "a good long password", "name": "Eve"});
        account[field] = json!("admin");
        let register = access.http.post(access.url(User, "/register")).json(&account);
        let refused = Answer::of(register).await.refused(422, "validation_error");
        assert_eq!(refused.details[0].field, field);
        let patch = customer.request(Method::PATCH, User, "/me").json(&json!({ field: "admin" }));
        let _refused = Answer::of(patch).await.refused(422, "validation_error");
    }
    let mut saved = json!({"payment_type": "Card", "details": {"card_number": CARD, "expiry_month": 12, "expiry_year": 2029, "cvc": "123"}});
    saved["user_id"] = json!(unique());
    let _refused = customer.post(Payment, "/payment-methods", &saved).await.refused(422, "validation_error");
}

#[tokio::test]
async fn expected_total_must_match_the_current_price() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let admin = Customer::admin(&access).await;
    let (sku, card) = (admin.add_product(5, 900).await, customer.save_card(CARD).await);
    let order = async |total: Value| {
        let body = json!({"items": [{"sku": sku, "quantity": 1}], "payment_method_id": card, "expected_total": total});
        Answer::of(customer.order_request(&unique(), &body)).await
    };
    for (total, field) in [
        (json!({"amount": 9.005, "currency": "USD"}), "expected_total.amount"),
        (json!({"amount": "900", "currency": "USD"}), "expected_total.amount"),
        (json!({"amount": -900, "currency": "USD"}), "expected_total.amount"),
        (json!({"amount": 900, "currency": "XXX"}), "expected_total.currency"),
        (json!({"amount": 900, "currency": "usd"}), "expected_total.currency"),
        (json!({"amount": 900}), "expected_total.currency"),
    ] {
        let refused = order(total).await.refused(422, "validation_error");
        assert_eq!(refused.details[0].field, field, "{refused:?}");
    }
    let seen = json!({"amount": 900, "currency": "USD"});
    let patch = admin.request(Method::PATCH, Inventory, &format!("/products/{sku}")).header("If-Match", "*");
    let dearer = json!({"price": {"amount": 901, "currency": "USD"}});
    let _dearer = Answer::of(patch.json(&dearer)).await.expect(200);
    let refused = order(seen).await.refused(409, "price_changed");
    assert!(refused.order_id.is_some());
    assert_eq!(admin.stock(&sku).await, (5, 0), "nothing is held");
}

#[tokio::test]
async fn card_is_valid_to_month_end_and_masked() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    // A month ends last at UTC−12.
    let asked = "SELECT to_char(now() AT TIME ZONE 'Etc/GMT+12', 'MM YYYY')";
    let now = shop().postgres.sql("userdb", asked).unwrap();
    let (month, year) = now.trim().split_once(' ').unwrap();
    let (month, year): (u32, u32) = (month.parse().unwrap(), year.parse().unwrap());
    let save = async |month: u32, year: u32| {
        let details = json!({"card_number": CARD, "expiry_month": month, "expiry_year": year, "cvc": "123"});
        customer.post(Payment, "/payment-methods", &json!({"payment_type": "Card", "details": details})).await
    };
    let saved = save(month, year).await.expect(201).value();
    let (before, of) = if month == 1 { (12, year - 1) } else { (month - 1, year) };
    let _expired = save(before, of).await.refused(422, "validation_error");
    let path = format!("/payment-methods/{}", saved["id"].as_str().unwrap());
    for answer in [customer.get(Payment, &path).await, customer.get(Payment, "/payment-methods").await] {
        assert!(answer.text.contains("4242") && !answer.text.contains("42424"), "{}", answer.text);
    }
    let shown = customer.get(Payment, &path).await.value();
    let shown: Vec<&String> = shown["details"].as_object().unwrap().keys().collect();
    assert_eq!(shown, ["brand", "expiry_month", "expiry_year", "last4"]);
}

#[tokio::test]
async fn order_in_confirmation_is_not_cancelled() {
    // No other worker resumes the order in the meantime.
    let settings = [("LEASE_SECONDS", "120"), ("RECONCILE_AFTER_SECONDS", "600")];
    let mut shop = Shop::start(fresh(directory("cancel-late"), &settings)).await.unwrap();
    let access = Access::to(&shop);
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    shop.service(Payment).stop().await.unwrap();
    shop.service(Payment).start_with(&[("FAIL_POINT", "payment.confirming.written")]).unwrap();
    shop.service(Payment).ready(Duration::from_secs(30)).await.unwrap();
    let body = json!({"items": [{"sku": "MUG-ENAMEL-01", "quantity": 1}], "payment_method_id": card});
    let lost = Answer::try_of(customer.order_request("late", &body)).await;
    assert!(lost.is_err(), "it died: {lost:?}");
    let _how = shop.service(Payment).died(Duration::from_secs(10)).await.unwrap();
    shop.service(Payment).start_again().unwrap();
    shop.service(Payment).ready(Duration::from_secs(30)).await.unwrap();
    let orders = customer.get(Payment, "/orders").await.expect(200).value();
    let id = orders["items"][0]["id"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        let cancel = customer.request(Method::POST, Payment, &format!("/orders/{id}/cancel"));
        let refused = Answer::of(cancel).await.refused(409, "order_not_cancellable");
        assert_eq!(refused.order_id.unwrap().to_string(), id);
    }
    let order: Order = customer.get(Payment, &format!("/orders/{id}")).await.json();
    assert_eq!(order.status, OrderStatus::Pending);
    shop.stop().await.unwrap();
}
