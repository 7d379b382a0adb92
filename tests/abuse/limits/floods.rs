//! Floods, against the default limits.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use estore_testbed::ServiceName::{Payment, User, Verification};
use estore_tests::{Answer, CARD, Customer, PASSWORD, RequestBuilder, unique, until};
use futures::{Stream, StreamExt, stream};
use serde_json::json;

use super::{count, flood, from, most, refused, start};

/// Sends each request, 16 at a time. Sends it again while the answer is 503: a store that is slow
/// for seconds, as a busy disk makes it, says nothing about limits.
fn settled(requests: impl Iterator<Item = RequestBuilder>) -> impl Stream<Item = Answer> {
    let settle = async |request: RequestBuilder| {
        let ask = async || Answer::of(request.try_clone().unwrap()).await;
        until(Duration::from_secs(30), ask, |answer| answer.status != 503).await
    };
    stream::iter(requests).map(settle).buffer_unordered(16)
}

#[tokio::test]
async fn floods_are_stopped_by_the_usual_limits() {
    let (mut shop, access) = start("floods", 1, &[]).await;

    // Small orders that try stolen cards.
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    let body = json!({"items": [{"sku": "MUG-ENAMEL-01", "quantity": 1}], "payment_method_id": card});
    let began = Instant::now();
    let orders = (0..1000).map(|n| customer.order_request(&format!("order-{n}"), &body));
    let answers: Vec<_> = settled(orders).collect().await;
    let refusals = count(&answers, 429);
    let admitted = answers.len() - refusals;
    assert!((50..=most(100, 1, began)).contains(&admitted), "{admitted} of 1000 orders were admitted");
    let one = answers.iter().find(|answer| answer.value()["code"] == "rate_limited").unwrap();
    assert!(one.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert!(one.header("ratelimit").contains("\"orders-account\""), "{}", one.header("ratelimit"));
    assert!(refused(&mut shop, &access, Payment, 0, "orders").await > 0);

    // Attempts to save stolen cards.
    let cards = (0..60).map(|n| {
        let number = format!("42424242424{n:05}");
        let details = json!({"card_number": number, "expiry_month": 12, "expiry_year": 2029, "cvc": "123"});
        let request = customer.request(reqwest::Method::POST, Payment, "/payment-methods");
        request.json(&json!({"payment_type": "Card", "details": details}))
    });
    let answers: Vec<_> = settled(cards).collect().await;
    // Requests within the rate limit may exceed the cap on saved cards, which is a conflict.
    let (saved, refused) = (count(&answers, 201), count(&answers, 429));
    let capped = count(&answers, 409);
    assert!(saved <= 20 && saved + capped + refused == 60, "{saved} {capped} {refused}");
    assert!(refused >= 30, "{refused}");

    // Guesses at email tokens. A client that claims to be a proxy still counts as one client.
    let number = AtomicU64::new(0);
    let guess = |path: &str| {
        let n = number.fetch_add(1, Ordering::Relaxed);
        let service = if path == "/verify" { Verification } else { User };
        let request = access.http.post(access.url(service, path));
        let client = format!("10.{}.{}.{}", n >> 16 & 255, n >> 8 & 255, n & 255);
        from(&client, request.json(&json!({"token": format!("{:043}", n)})))
    };
    for path in ["/verify", "/verify-email"] {
        let began = Instant::now();
        let looked_at = settled((0..10_000).map(|_| guess(path)))
            .filter(|answer| std::future::ready(answer.status != 429))
            .map(|answer| assert_eq!(answer.status, 404, "{}", answer.text))
            .count()
            .await;
        assert!((100..=most(200, 1, began)).contains(&looked_at), "{looked_at} guesses at {path}");
    }
}

#[tokio::test]
async fn mail_bomb_is_answered_with_few_emails() {
    let (shop, access) = start("bomb", 1, &[]).await;
    let email = format!("{}@example.com", unique());
    let account = json!({"email": email, "password": PASSWORD, "name": "Ada"});
    let register = access.http.post(access.url(User, "/register")).json(&account);
    let _accepted = Answer::of(register).await.expect(202);
    let resend = || access.http.post(access.url(User, "/verify-email/resend")).json(&json!({"email": email}));
    let answers = flood((0..1000).map(|_| resend())).await;
    assert_eq!(count(&answers, 202), 1000);
    // The first email, and three more. The fifth of the hour is reserved for a registration.
    let mails = shop.mailbox.wait_for(&email, 4, Duration::from_secs(20)).await.unwrap();
    assert_eq!(mails.len(), 4);
    let asked = format!("SELECT count(*) FROM outbox WHERE email = '{email}'");
    assert_eq!(shop.postgres.sql("userdb", &asked).unwrap().trim(), "4");
}
