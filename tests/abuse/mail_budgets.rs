//! How many mails an address gets: by purpose, and only what is sent counts.

use std::time::Duration;

use estore_stage::ServiceName::{User, Verification};
use estore_tests::{Access, Answer, Customer, PASSWORD, access, unique, until};
use reqwest::Method;
use serde_json::{Value, json};

async fn post(access: &Access, path: &str, body: &Value) {
    let _accepted = Answer::of(access.http.post(access.url(User, path)).json(body)).await.expect(202);
}

async fn often(access: &Access, path: &str, body: &Value) {
    for _ in 0..8 {
        post(access, path, body).await;
    }
}

/// How many mails of a purpose the Verification Service was asked for.
async fn asked(admin: &Customer, email: &str, purpose: &str) -> usize {
    let list = format!("/verifications?limit=100&purpose={purpose}&email={email}");
    let found = admin.get(Verification, &list).await.expect(200).value();
    found["items"].as_array().map_or(0, Vec::len)
}

async fn comes(admin: &Customer, email: &str, purpose: &str, count: usize) {
    let ask = async || asked(admin, email, purpose).await;
    let _came = until(Duration::from_secs(20), ask, |asked| *asked == count).await;
}

#[tokio::test]
async fn what_is_not_sent_counts_for_nothing() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let owner = Customer::register(&access, Access::mailbox()).await;
    let address = json!({"email": owner.email});
    // Verified already: nothing is sent.
    often(&access, "/verify-email/resend", &address).await;
    post(&access, "/password/forgot", &address).await;
    comes(&admin, &owner.email, "password_reset", 1).await;

    let later = format!("{}@example.com", unique());
    for path in ["/verify-email/resend", "/password/forgot"] {
        often(&access, path, &json!({"email": later})).await;
    }
    post(&access, "/register", &json!({"email": later, "password": PASSWORD, "name": "Nora"})).await;
    comes(&admin, &later, "email", 1).await;
}

#[tokio::test]
async fn one_purpose_leaves_another_its_mails() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let owner = Customer::register(&access, Access::mailbox()).await;
    let account = json!({"email": owner.email, "password": PASSWORD, "name": "Eve"});
    often(&access, "/register", &account).await;
    comes(&admin, &owner.email, "already_registered", 5).await;
    often(&access, "/password/forgot", &json!({"email": owner.email})).await;
    comes(&admin, &owner.email, "password_reset", 5).await;
    let new = "another password, as good";
    let change = json!({"current_password": PASSWORD, "new_password": new});
    let change = owner.request(Method::PUT, User, "/me/password").json(&change);
    let _changed = Answer::of(change).await.expect(204);
    comes(&admin, &owner.email, "security_notice", 1).await;
}

#[tokio::test]
async fn registering_leaves_a_mail_to_ask_again() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let email = format!("{}@example.com", unique());
    let account = json!({"email": email, "password": PASSWORD, "name": "Eve"});
    often(&access, "/register", &account).await;
    comes(&admin, &email, "email", 4).await;
    often(&access, "/verify-email/resend", &json!({"email": email})).await;
    comes(&admin, &email, "email", 5).await;
}

#[tokio::test]
async fn asking_again_leaves_a_mail_to_register() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let email = format!("{}@example.com", unique());
    let account = json!({"email": email, "password": PASSWORD, "name": "Eve"});
    post(&access, "/register", &account).await;
    often(&access, "/verify-email/resend", &json!({"email": email})).await;
    comes(&admin, &email, "email", 4).await;
    often(&access, "/register", &account).await;
    comes(&admin, &email, "email", 5).await;
}
