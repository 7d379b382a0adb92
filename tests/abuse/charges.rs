//! Amounts that a gateway does not charge, and calls that the service does not make.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Json, Router, http::StatusCode, routing::post};
use estore_contract::payment::{Order, OrderStatus};
use estore_testbed::{ServiceName::Payment, Shop};
use estore_tests::{Access, Answer, CARD, Customer, directory, fresh, peer, until_logged};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

/// A Stripe stand-in that rejects every payment with the same error.
struct Refusing {
    base: String,
    asked: Arc<AtomicUsize>,
    server: JoinHandle<()>,
}

impl Refusing {
    async fn start(error: Value) -> Self {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = asked.clone();
        let refuse = post(async move || {
            counted.fetch_add(1, Ordering::Relaxed);
            (StatusCode::BAD_REQUEST, Json(json!({ "error": error })))
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            axum::serve(listener, Router::new().fallback_service(refuse)).await.unwrap();
        });
        Self { base, asked, server }
    }
}

impl Drop for Refusing {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn shop(name: &str, stripe: &Refusing) -> Shop {
    let settings =
        [("GATEWAY", "stripe"), ("STRIPE_API_BASE", &stripe.base), ("STRIPE_API_KEY", "sk_test_1")];
    Shop::start(fresh(directory(name), &settings)).await.unwrap()
}

async fn reservation(shop: &Shop, order: &str) -> Value {
    let port = &shop.environment(estore_testbed::ServiceName::Inventory)["INTERNAL_PORT"];
    let url = format!("https://127.0.0.1:{port}/internal/reservations/{order}");
    Answer::of(peer(shop, "payment").get(url)).await.expect(200).value()
}

#[tokio::test]
async fn free_order_completes_without_its_gateway() {
    let stripe = Refusing::start(json!({"type": "api_error"})).await;
    let mut shop = shop("free-stripe", &stripe).await;
    let access = Access::to(&shop);
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, &shop.mailbox).await);
    let (gift, card) = (admin.add_product(3, 0).await, customer.save_card(CARD).await);
    let order: Order = customer.order("free", card, &gift, 2).await.expect(201).json();
    let refund = admin.request(Method::POST, Payment, &format!("/orders/{}/refunds", order.id));
    let made = Answer::of(refund.header("Idempotency-Key", "r").json(&json!({"restock": true}))).await;
    assert_eq!(made.expect(201).value()["status"], "completed");
    let now: Order = customer.get(Payment, &format!("/orders/{}", order.id)).await.json();
    assert_eq!(now.status, OrderStatus::Refunded);
    assert_eq!(admin.stock(&gift).await, (3, 0));
    assert_eq!(customer.get(Payment, "/transactions").await.value()["items"], json!([]));
    assert_eq!(stripe.asked.load(Ordering::Relaxed), 0);
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn unchargeable_total_is_refused_before_stock_is_held() {
    let stripe = Refusing::start(json!({"type": "api_error"})).await;
    let mut shop = shop("too-little", &stripe).await;
    let access = Access::to(&shop);
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, &shop.mailbox).await);
    let card = customer.save_card(CARD).await;
    for (price, why) in [(49, "must be at least 0.50 USD"), (100_000_000, "must be at most 999999.99 USD")] {
        let sku = admin.add_product(3, price).await;
        for replayed in ["", "true"] {
            let answer = customer.order(&price.to_string(), card, &sku, 1).await;
            assert_eq!(answer.header("idempotent-replayed"), replayed);
            let refused = answer.refused(422, "amount_not_chargeable");
            assert!(refused.message.contains(why), "{refused:?}");
            assert_eq!(
                (refused.details[0].field.as_str(), refused.details[0].message.as_str()),
                ("items", why)
            );
            let held = reservation(&shop, &refused.order_id.unwrap().to_string()).await;
            assert_eq!((&held["status"], &held["items"]), (&json!("released"), &json!([])), "never held");
        }
        assert_eq!(admin.stock(&sku).await, (3, 0));
    }
    assert_eq!(stripe.asked.load(Ordering::Relaxed), 0);
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn final_refusal_of_a_payment_cancels_the_order() {
    let error = json!({"type": "invalid_request_error", "code": "amount_too_small", "param": "amount"});
    let stripe = Refusing::start(error).await;
    let mut shop = shop("refused-payment", &stripe).await;
    let access = Access::to(&shop);
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, &shop.mailbox).await);
    let (sku, card) = (admin.add_product(3, 50).await, customer.save_card(CARD).await);
    let refused = customer.order("refused", card, &sku, 1).await.refused(422, "amount_not_chargeable");
    let order: Order =
        customer.get(Payment, &format!("/orders/{}", refused.order_id.unwrap())).await.expect(200).json();
    assert_eq!(order.status, OrderStatus::Cancelled);
    let parts = ["order ended", r#""reason":"amount_not_chargeable""#];
    until_logged(Duration::from_secs(10), shop.service(Payment), &parts).await;
    assert_eq!(admin.stock(&sku).await, (3, 0));
    shop.stop().await.unwrap();
}
