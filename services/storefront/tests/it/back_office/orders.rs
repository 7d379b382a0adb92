//! Orders and their refunds.

use axum::http::StatusCode;
use serde_json::json;

use super::{
    bodies::order,
    fake::{ID, ID_NUMBER, Office, value_of},
};

fn page() -> String {
    format!("/admin/orders/{ID}")
}

#[tokio::test]
async fn refund_keeps_the_key_of_its_form() {
    let mut office = Office::new().await;
    let shown = office.get(&page()).await;
    let (key, token) = (value_of(&shown.text, "key"), value_of(&shown.text, "form_token"));
    let fields = [
        ("form_token", token.as_str()),
        ("key", key.as_str()),
        ("sku", "A"),
        ("units", "1"),
        ("reason", "came broken"),
        ("restock", "1"),
    ];
    let refund = format!("{}/refund", page());
    for _ in 0..2 {
        let seen = office.browser.post(&refund, &fields).await;
        assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, page().as_str()));
    }
    let asked = office.shop.changes();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0], asked[1], "the service sees the same request again");
    assert_eq!(asked[0].key, key);
    let items = json!([{"sku": "A", "quantity": 1}]);
    assert_eq!(asked[0].body, json!({"items": items, "reason": "came broken", "restock": true}));
    assert!(office.get(&page()).await.text.contains("The refund is made"));
    assert_ne!(value_of(&office.get(&page()).await.text, "key"), key, "a new form has a new key");
}

#[tokio::test]
async fn refund_with_a_mistake_asks_nothing() {
    let mut office = Office::new().await;
    for fields in [
        [("key", "k"), ("sku", "A"), ("units", "3")],
        [("key", "k"), ("sku", "A"), ("units", "")],
        [("key", "k"), ("sku", "B"), ("units", "1")],
    ] {
        let seen = office.submit(&page(), &format!("{}/refund", page()), &fields).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert_eq!(value_of(&seen.text, "key"), "k");
    }
    assert_eq!(office.shop.changes(), []);
}

#[tokio::test]
async fn refund_without_an_answer_keeps_its_key() {
    let mut office = Office::new().await;
    let call = format!("POST /orders/{ID}/refunds");
    office.shop.refuses.lock().unwrap().insert(call, (503, "unavailable"));
    let fields = [("key", "k1"), ("all", "1")];
    let seen = office.submit(&page(), &format!("{}/refund", page()), &fields).await;
    assert_eq!(seen.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(seen.text.contains("it refunds once"));
    assert_eq!(value_of(&seen.text, "key"), "k1");
}

#[tokio::test]
async fn order_shows_its_ledger_and_steps() {
    let mut office = Office::new().await;
    let seen = office.get(&page()).await;
    for text in ["Capture", "authorized", "Accepted", "$29.80", &format!("/admin/customers/{ID}"), ID_NUMBER]
    {
        assert!(seen.text.contains(text), "{text}");
    }
    let seen = office.get(&format!("/admin/orders/{}", ID_NUMBER.to_lowercase())).await;
    assert_eq!(seen.location(), page());
    assert_eq!(office.get("/admin/orders/nothing").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn cancelled_order_without_a_failure_has_a_reason() {
    let mut office = Office::new().await;
    let reason = "Cancelled by the customer or by staff";
    assert!(!office.get(&page()).await.text.contains(reason));
    let mut cancelled = order();
    cancelled["status"] = json!("cancelled");
    *office.shop.order.lock().unwrap() = Some(cancelled);
    let seen = office.get(&page()).await;
    assert!(seen.text.contains(reason), "{}", seen.text);
}

#[tokio::test]
async fn ledger_that_is_too_long_is_not_empty() {
    let mut office = Office::new().await;
    *office.shop.pages_before.lock().unwrap() = 9;
    assert!(office.get(&page()).await.text.contains("Capture"), "the last page that is searched");
    *office.shop.pages_before.lock().unwrap() = 10;
    let seen = office.get(&page()).await;
    assert!(seen.status == StatusCode::OK && !seen.text.contains("No money was moved."), "{}", seen.text);
    assert!(seen.text.contains("This part cannot be shown right now."));
}

#[tokio::test]
async fn cancelled_too_late_says_why() {
    let mut office = Office::new().await;
    let seen = office.submit(&page(), &format!("{}/cancel", page()), &[]).await;
    assert_eq!(seen.status, StatusCode::CONFLICT);
    assert!(seen.text.contains("It can be refunded."));
}
