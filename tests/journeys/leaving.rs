//! Personal data: its export and its erasure.

use std::time::Duration;

use estore_testbed::ServiceName::{User, Verification};
use estore_tests::{Access, Answer, CARD, Customer, PASSWORD, access, unique, until};
use reqwest::Method;
use serde_json::{Value, json};

async fn close(customer: &Customer, password: &str) -> Answer {
    Answer::of(customer.request(Method::DELETE, User, "/me").json(&json!({"password": password}))).await
}

#[tokio::test]
async fn export_covers_every_service_without_secrets() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let card = customer.save_card(CARD).await;
    let order = customer.order(&unique(), card, "MUG-ENAMEL-01", 1).await.expect(201).value();
    let export = customer.get(User, "/me/export").await.expect(200);
    let held = export.value();
    assert_eq!(held["profile"]["email"], json!(customer.email));
    assert_eq!(held["sessions"][0]["current"], json!(true));
    assert_eq!(held["payment"]["orders"][0]["id"], order["id"]);
    assert_eq!(held["payment"]["payment_methods"][0]["details"]["last4"], json!("4242"));
    let kinds: Vec<&Value> =
        held["payment"]["transactions"].as_array().unwrap().iter().map(|entry| &entry["type"]).collect();
    assert_eq!(kinds, ["capture", "authorization"]);
    assert_eq!(held["verification"]["mails"].as_array().unwrap().last().unwrap()["purpose"], json!("email"));
    for secret in [CARD, PASSWORD, "argon2", customer.refresh_token.as_str()] {
        assert!(!export.text.contains(secret), "{secret}");
    }
}

/// Requests a move to `new`, and returns what the export then says of it.
async fn exported_move(access: &Access, new: &str) -> (Value, Vec<Value>) {
    let customer = Customer::register(access, Access::mailbox()).await;
    let body = json!({"password": PASSWORD, "new_email": new});
    let _sent = Answer::of(customer.request(Method::PUT, User, "/me/email").json(&body)).await.expect(202);
    let asked = |mails: &[Value]| mails.iter().any(|mail| mail["purpose"] == "email_change_asked");
    let export = async || customer.get(User, "/me/export").await.expect(200).value();
    let held = async || {
        let held = export().await;
        (held["new_email"].clone(), held["verification"]["mails"].as_array().unwrap().clone())
    };
    let (requested, mails) = until(Duration::from_secs(20), held, |(_, mails)| asked(mails)).await;
    let kinds = mails.iter().map(|mail| mail["purpose"].clone()).collect();
    (requested, kinds)
}

#[tokio::test]
async fn export_hides_whether_an_address_is_taken() {
    let access = access();
    let taken = Customer::register(&access, Access::mailbox()).await.email;
    let free = format!("{}@example.com", unique());
    // The owner of the address has got all emails of the hour.
    for _ in 0..5 {
        let body = json!({"email": taken, "password": PASSWORD, "name": "Mallory"});
        let _accepted = access.post("/register", &body).await.expect(202);
    }
    let (requested, mails) = exported_move(&access, &free).await;
    let arrived = Access::mailbox().wait_for(&free, 1, Duration::from_secs(20)).await;
    assert!(arrived.is_ok() && requested == json!(free));
    assert_eq!(exported_move(&access, &taken).await, (json!(taken), mails));
}

#[tokio::test]
async fn closed_account_is_gone_and_frees_its_address() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let _wrong = close(&customer, "not the one").await.refused(403, "wrong_password");
    let _closed = close(&customer, PASSWORD).await.expect(204);
    let _dead = customer.get(User, "/me").await.refused(401, "invalid_token");
    let body = json!({"refresh_token": customer.refresh_token});
    let refresh = access.post("/token/refresh", &body).await;
    let _dead = refresh.refused(401, "invalid_token");
    let body = json!({"email": customer.email, "password": PASSWORD});
    let login = access.post("/login", &body).await;
    let _unknown = login.refused(401, "invalid_credentials");
    let admin = Customer::admin(&access).await;
    let found = admin.get(User, &format!("/users?email={}", customer.email)).await.value();
    assert_eq!(found["items"], json!([]));
    let body = json!({"email": customer.email, "password": PASSWORD, "name": "Ada again"});
    let _free = access.post("/register", &body).await.expect(202);
}

#[tokio::test]
async fn emails_to_a_closed_account_are_erased() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let admin = Customer::admin(&access).await;
    let path = format!("/verifications?email={}", customer.email);
    let mails = async || admin.get(Verification, &path).await.value()["items"].as_array().map(Vec::len);
    assert_eq!(mails().await, Some(1));
    let _closed = close(&customer, PASSWORD).await.expect(204);
    let _erased = until(Duration::from_secs(20), mails, |count| *count == Some(0)).await;
}

#[tokio::test]
async fn admin_cannot_close_their_own_account() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let _refused = close(&admin, &access.admin.1).await.refused(409, "last_admin");
    let _on = admin.get(User, "/me").await.expect(200);
}
