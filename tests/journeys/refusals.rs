//! Each refusal of an order, which leaves nothing behind.

use estore_contract::payment::{Order, OrderStatus};
use estore_testbed::ServiceName::{Inventory, Payment};
use estore_tests::{Access, Answer, CARD, Customer, access};
use reqwest::Method;
use serde_json::json;

struct Scene {
    admin: Customer,
    customer: Customer,
    sku: String,
}

async fn scene(stock: i64) -> Scene {
    let access = access();
    let admin = Customer::admin(&access).await;
    let sku = admin.add_product(stock, 700).await;
    Scene { customer: Customer::register(&access, Access::mailbox()).await, admin, sku }
}

#[tokio::test]
async fn short_stock_names_every_sku_and_holds_nothing() {
    let Scene { admin, customer, sku } = scene(5).await;
    let (other, card) = (admin.add_product(3, 100).await, customer.save_card(CARD).await);
    let body = json!({"items": [{"sku": sku, "quantity": 4}, {"sku": sku, "quantity": 4}, {"sku": other, "quantity": 9}], "payment_method_id": card});
    for replayed in ["", "true"] {
        let answer = Answer::of(customer.order_request("short", &body)).await;
        assert_eq!(answer.header("idempotent-replayed"), replayed);
        let refused = answer.refused(409, "insufficient_stock");
        let mut left: Vec<_> = refused
            .details
            .iter()
            .map(|detail| (detail.sku.as_ref().unwrap().to_string(), detail.available.unwrap()))
            .collect();
        left.sort_by_key(|(_, left)| *left);
        let line = |sku: &str| {
            let detail = refused
                .details
                .iter()
                .find(|detail| detail.sku.as_ref().is_some_and(|it| it.as_str() == sku));
            detail.map(|detail| detail.field.as_str())
        };
        assert_eq!((line(&sku), line(&other)), (Some("items[0].quantity"), Some("items[2].quantity")));
        assert_eq!(left, [(other.clone(), 3), (sku.clone(), 5)]);
        let order: Order =
            customer.get(Payment, &format!("/orders/{}", refused.order_id.unwrap())).await.expect(200).json();
        assert_eq!(
            (order.status, order.failure.unwrap().code.as_str()),
            (OrderStatus::Cancelled, "insufficient_stock")
        );
    }
    assert_eq!((admin.stock(&sku).await, admin.stock(&other).await), ((5, 0), (3, 0)));
}

#[tokio::test]
async fn declined_card_gets_its_code_and_releases_stock() {
    let Scene { admin, customer, sku } = scene(5).await;
    let cards = [
        ("4000000000000002", "card_declined"),
        ("4000000000009995", "insufficient_funds"),
        ("4000000000000069", "expired_card"),
        ("4000000000000127", "incorrect_cvc"),
        ("4000000000000119", "processing_error"),
        ("4000000000000341", "card_declined"),
    ];
    for (number, code) in cards {
        let card = customer.save_card(number).await;
        let refused = customer.order(number, card, &sku, 1).await.refused(402, "payment_declined");
        assert_eq!(refused.decline_code.as_deref(), Some(code));
        let again = customer.order(number, card, &sku, 1).await.refused(402, "payment_declined");
        assert_eq!((again.order_id, again.decline_code), (refused.order_id, refused.decline_code));
    }
    assert_eq!(admin.stock(&sku).await, (5, 0));
    assert_eq!(customer.get(Payment, "/transactions").await.value()["items"], json!([]), "no money moved");
}

#[tokio::test]
async fn unexpected_total_is_refused() {
    let Scene { admin, customer, sku } = scene(5).await;
    let card = customer.save_card(CARD).await;
    for (key, expected) in [
        ("less", json!({"amount": 699, "currency": "USD"})),
        ("other", json!({"amount": 700, "currency": "EUR"})),
    ] {
        let body = json!({"items": [{"sku": sku, "quantity": 1}], "payment_method_id": card, "expected_total": expected});
        let _refused = Answer::of(customer.order_request(key, &body)).await.refused(409, "price_changed");
    }
    assert_eq!(admin.stock(&sku).await, (5, 0));
}

#[tokio::test]
async fn unknown_sku_and_mixed_currencies_are_refused() {
    let Scene { admin, customer, sku } = scene(5).await;
    let card = customer.save_card(CARD).await;
    let refused = customer.order("unknown", card, "NO-SUCH-SKU", 1).await.refused(422, "unknown_sku");
    assert_eq!(refused.details[0].sku.as_ref().unwrap().as_str(), "NO-SUCH-SKU");
    let body = json!({"items": [{"sku": sku, "quantity": 1}, {"sku": "NO-SUCH-SKU", "quantity": 1}], "payment_method_id": card});
    for replayed in ["", "true"] {
        let answer = Answer::of(customer.order_request("second-line", &body)).await;
        assert_eq!(answer.header("idempotent-replayed"), replayed);
        assert_eq!(answer.refused(422, "unknown_sku").details[0].field, "items[1].sku");
    }
    let euro = format!("{sku}-EUR");
    let body = json!({"sku": euro, "name": "Euro", "description": "x", "price": {"amount": 5, "currency": "EUR"}, "category": "desk"});
    let _created = admin.post(Inventory, "/products", &body).await.expect(201);
    let request = admin
        .request(Method::POST, Inventory, &format!("/products/{euro}/stock/adjustments"))
        .header("Idempotency-Key", "1");
    let _booked = Answer::of(request.json(&json!({"delta": 5, "reason": "x"}))).await.expect(201);
    let body = json!({"items": [{"sku": sku, "quantity": 1}, {"sku": euro, "quantity": 1}], "payment_method_id": card});
    let _refused = Answer::of(customer.order_request("mixed", &body)).await.refused(422, "currency_mismatch");
    assert_eq!((admin.stock(&sku).await, admin.stock(&euro).await), ((5, 0), (5, 0)));
}

#[tokio::test]
async fn foreign_card_is_not_found_and_leaves_nothing() {
    let Scene { admin, customer, sku } = scene(5).await;
    let other = Customer::register(&access(), Access::mailbox()).await;
    let card = other.save_card(CARD).await;
    let refused = customer.order("theirs", card, &sku, 1).await.refused(404, "payment_method_not_found");
    assert_eq!(refused.order_id, None);
    assert_eq!(customer.get(Payment, "/orders").await.value()["items"], json!([]));
    let _hidden = customer.get(Payment, &format!("/payment-methods/{card}")).await.refused(404, "not_found");
    let _hidden = Answer::of(customer.request(Method::DELETE, Payment, &format!("/payment-methods/{card}")))
        .await
        .refused(404, "not_found");
    assert_eq!(admin.stock(&sku).await, (5, 0));
    // The key is not spent: it works with the customer's own card.
    let own = customer.save_card(CARD).await;
    let order: Order = customer.order("theirs", own, &sku, 1).await.expect(201).json();
    let _hidden = other.get(Payment, &format!("/orders/{}", order.id)).await.refused(404, "not_found");
}

#[tokio::test]
async fn key_is_required_and_names_one_body() {
    let Scene { customer, sku, .. } = scene(5).await;
    let card = customer.save_card(CARD).await;
    let body = json!({"items": [{"sku": sku, "quantity": 1}], "payment_method_id": card});
    let _missing = customer.post(Payment, "/orders", &body).await.refused(400, "idempotency_key_required");
    let _too_long =
        Answer::of(customer.order_request(&"k".repeat(256), &body)).await.refused(422, "validation_error");
    let order: Order = Answer::of(customer.order_request("k", &body)).await.expect(201).json();
    let reused = customer.order("k", card, &sku, 2).await.refused(422, "idempotency_key_reused");
    assert_eq!(reused.order_id, Some(order.id));
    let now: Order = customer.get(Payment, &format!("/orders/{}", order.id)).await.json();
    assert_eq!(now, order);
}

#[tokio::test]
async fn deleted_card_cannot_pay_but_repeats_still_work() {
    let Scene { customer, sku, .. } = scene(5).await;
    let card = customer.save_card(CARD).await;
    let order: Order = customer.order("kept", card, &sku, 1).await.expect(201).json();
    let _gone = Answer::of(customer.request(Method::DELETE, Payment, &format!("/payment-methods/{card}")))
        .await
        .expect(204);
    let again: Order = customer.order("kept", card, &sku, 1).await.expect(201).json();
    assert_eq!(again, order);
    let _refused = customer.order("new", card, &sku, 1).await.refused(404, "payment_method_not_found");
}

#[tokio::test]
async fn card_is_checked_before_it_is_saved() {
    let Scene { customer, .. } = scene(0).await;
    let cases = [
        ("card_number", json!("42424242424")),
        ("card_number", json!("42424242424242424242")),
        ("card_number", json!("4242424242424a42")),
        ("card_number", json!(4_242_424_242_424_242_u64)),
        ("expiry_month", json!(13)),
        ("expiry_month", json!(0)),
        ("expiry_year", json!(2020)),
        ("expiry_year", json!(29)),
        ("cvc", json!("12")),
        ("cvc", json!("12345")),
        ("cvc", json!("12a")),
    ];
    for (field, value) in cases {
        let mut details = json!({"card_number": CARD, "expiry_month": 12, "expiry_year": 2029, "cvc": "123"});
        details[field] = value.clone();
        let refused = customer
            .post(Payment, "/payment-methods", &json!({"payment_type": "Card", "details": details}))
            .await
            .refused(422, "validation_error");
        assert!(
            refused.details.iter().any(|detail| detail.field == format!("details.{field}")),
            "{field} {value}: {refused:?}"
        );
    }
    let keyed = |number: &str| {
        let body = json!({"payment_type": "Card", "details": {"card_number": number, "expiry_month": 12, "expiry_year": 2029, "cvc": "123"}});
        Answer::of(
            customer
                .request(Method::POST, Payment, "/payment-methods")
                .header("Idempotency-Key", "card")
                .json(&body),
        )
    };
    let (first, second) = (keyed(CARD).await.expect(201), keyed(CARD).await.expect(201));
    assert_eq!((&first.text, second.header("idempotent-replayed")), (&second.text, "true"));
    let _other = keyed("4000000000000002").await.refused(422, "idempotency_key_reused");
    let saved = customer.get(Payment, "/payment-methods").await.value();
    assert_eq!(saved["items"].as_array().map(Vec::len), Some(1));
}
