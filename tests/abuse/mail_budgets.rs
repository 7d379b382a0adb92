//! The number of emails that an address gets: counted by purpose, and only for emails that are
//! sent.

use std::time::Duration;

use estore_testbed::ServiceName::{User, Verification};
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

/// Returns the number of emails of a purpose that the Verification Service was asked to send.
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
async fn unsent_email_counts_for_nothing() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let owner = Customer::register(&access, Access::mailbox()).await;
    let address = json!({"email": owner.email});
    // The address is verified already, so the service sends nothing.
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
async fn one_purpose_leaves_another_its_emails() {
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
async fn registrations_leave_an_email_for_a_resend() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let email = format!("{}@example.com", unique());
    let account = json!({"email": email, "password": PASSWORD, "name": "Eve"});
    often(&access, "/register", &account).await;
    comes(&admin, &email, "email", 4).await;
    // After several registrations, a resend is a link to set a new password.
    post(&access, "/verify-email/resend", &json!({"email": email})).await;
    comes(&admin, &email, "password_reset", 1).await;
}

#[tokio::test]
async fn resends_leave_an_email_for_a_registration() {
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
