//! The seed's two flows, step by step.

use estore_contract::{
    Page,
    inventory::Product,
    payment::{Order, OrderStatus, Transaction, TransactionType},
};
use estore_testbed::ServiceName::{Inventory, Payment, User, Verification};
use estore_tests::{Access, Answer, Customer, access, unique};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn customer_registers_verifies_by_email_and_logs_in() {
    let access = access();
    let email = format!("{}@example.com", unique());
    let credentials = json!({"email": email, "password": "open sesame, please"});
    let registration = json!({"email": email, "password": "open sesame, please", "name": "Ada"});
    let answer = access.post("/register", &registration).await.expect(202);
    assert_eq!(answer.value(), json!({"status": "verification_sent"}));
    let login = || access.http.post(access.url(User, "/login")).json(&credentials);
    let _unverified = Answer::of(login()).await.refused(403, "email_not_verified");

    let token = Customer::mailed_token(Access::mailbox(), &email).await;
    let page = Answer::of(access.http.get(access.url(Verification, &format!("/verify?token={token}"))))
        .await
        .expect(200);
    assert!(
        page.text.contains("<form method=\"post\"") && page.header("content-type").starts_with("text/html")
    );
    let _again = Answer::of(access.http.get(access.url(Verification, &format!("/verify?token={token}"))))
        .await
        .expect(200);

    let verified = access.post("/verify-email", &json!({"token": token})).await.expect(200);
    assert_eq!(verified.value()["token_type"], "Bearer");
    let _used =
        Answer::of(access.http.post(access.url(Verification, "/verify")).json(&json!({"token": token})))
            .await
            .refused(410, "token_used");

    let customer = Customer::login(&access, &email, "open sesame, please").await;
    let me = customer.get(User, "/me").await.expect(200).value();
    assert_eq!(
        (&me["email"], &me["email_verified"], &me["role"]),
        (&json!(email), &json!(true), &json!("customer"))
    );
}

#[tokio::test]
async fn button_on_the_page_verifies_too() {
    let access = access();
    let email = format!("{}@example.com", unique());
    let registration =
        json!({"email": email, "password": "open sesame, please", "name": "Grete", "locale": "de"});
    let _accepted = access.post("/register", &registration).await.expect(202);
    let token = Customer::mailed_token(Access::mailbox(), &email).await;
    let mails = Access::mailbox().wait_for(&email, 1, std::time::Duration::from_secs(1)).await.unwrap();
    let mail = &mails[0];
    assert!(
        mail.text.contains("Willkommen") && mail.html.contains("Adresse bestätigen"),
        "a German mail: {}",
        mail.text
    );
    let press = || {
        access
            .http
            .post(access.url(Verification, "/verify"))
            .form(&[("token", &token)])
            .header("Accept-Language", "de-DE")
    };
    let page = Answer::of(press()).await.expect(200);
    assert!(page.text.contains("Danke!"), "{}", page.text);
    let _page = Answer::of(press()).await.expect(410);

    // The Verification Service notifies the User Service until it answers, so the login works a
    // moment later.
    let login = || {
        Answer::of(
            access
                .http
                .post(access.url(User, "/login"))
                .json(&json!({"email": email, "password": "open sesame, please"})),
        )
    };
    let mut answer = login().await;
    for _ in 0..40 {
        if answer.status == 200 {
            break;
        }
        answer = login().await;
    }
    let _tokens = answer.expect(200);
}

#[tokio::test]
async fn customer_browses_saves_a_card_and_orders() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let found: Page<Product> = customer.get(Inventory, "/products?q=enamel+mug").await.expect(200).json();
    let mug = found.items.iter().find(|product| product.sku.as_str() == "MUG-ENAMEL-01").unwrap();

    // The seed's body, byte for byte.
    let body = "{\n       \"payment_type\": \"Card\",\n       \"details\": {\n           \"card_number\": \"15346781053311236\",\n           \"expiry_month\": 12,\n           \"expiry_year\": 2029,\n           \"cvc\": \"123\"\n       }\n   }";
    let request = customer
        .request(Method::POST, Payment, "/payment-methods")
        .header("Content-Type", "application/json");
    let card = Answer::of(request.body(body)).await.expect(201);
    assert_eq!(
        card.value()["details"],
        json!({"brand": "unknown", "last4": "1236", "expiry_month": 12, "expiry_year": 2029})
    );
    assert!(!card.text.contains("15346781053311236") && !card.text.contains("\"123\""));

    let order = json!({
        "items": [{"sku": mug.sku, "quantity": 2}], "payment_method_id": card.value()["id"],
        "expected_total": {"amount": mug.price.amount * 2, "currency": "USD"},
        "shipping_address": {"line1": "1 Main Street", "city": "Berlin", "postal_code": "10115", "country": "DE"},
    });
    let answer = Answer::of(customer.order_request("first", &order)).await.expect(201);
    let placed: Order = answer.json();
    assert_eq!(placed.status, OrderStatus::Completed);
    assert_eq!(placed.total.unwrap().amount, 2 * mug.price.amount);
    assert_eq!(answer.header("location"), format!("/orders/{}", placed.id));
    assert_eq!(answer.header("cache-control"), "no-store");

    let again = Answer::of(customer.order_request("\"first\"", &order)).await.expect(201);
    assert_eq!((again.header("idempotent-replayed"), &again.text), ("true", &answer.text));
    let listed: Page<Order> = customer.get(Payment, "/orders?status=completed").await.expect(200).json();
    assert_eq!(listed.items, std::slice::from_ref(&placed));
    let ledger: Page<Transaction> = customer.get(Payment, "/transactions").await.expect(200).json();
    let entries: Vec<_> =
        ledger.items.iter().map(|entry| (entry.kind, entry.order_id, entry.amount.amount)).collect();
    let amount = placed.total.unwrap().amount;
    assert_eq!(
        entries,
        [(TransactionType::Capture, placed.id, amount), (TransactionType::Authorization, placed.id, amount)]
    );
}
