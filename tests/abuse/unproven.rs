//! Addresses that are registered and never verified.

use std::time::Duration;

use estore_testbed::ServiceName::User;
use estore_tests::{Access, Answer, Customer, PASSWORD, access, shop, unique, until};
use serde_json::json;

use super::internal::{client_of, internal};

/// Housekeeping runs once a minute.
const A_WHILE: Duration = Duration::from_secs(90);

/// Registers an address, and returns it with the emailed token.
async fn register(access: &Access) -> (String, String) {
    let email = format!("{}@example.com", unique());
    let body = json!({"email": email, "password": "the strangers phrase", "name": "Mallory"});
    let _accepted = access.post("/register", &body).await.expect(202);
    let token = Customer::mailed_token(Access::mailbox(), &email).await;
    (email, token)
}

#[tokio::test]
async fn first_admin_replaces_an_unproven_registration() {
    let access = access();
    let (email, strangers) = register(&access).await;
    let request = json!({"email": email, "password": PASSWORD});
    let create = async || {
        let put = client_of("bootstrap").put(internal(User, "/internal/admin"));
        let _done = Answer::of(put.json(&request)).await.expect(204);
    };
    create().await;
    let verify = access.http.post(access.url(User, "/verify-email")).json(&json!({"token": strangers}));
    let late = Answer::of(verify).await;
    // The account is gone, and its email record soon follows.
    assert!(matches!(late.status, 404 | 410), "{}", late.text);
    let body = json!({"email": email, "password": "the strangers phrase"});
    let login = access.post("/login", &body).await;
    let _stranger = login.refused(401, "invalid_credentials");
    let admin = Customer::login(&access, &email, PASSWORD).await;
    let _may = admin.get(User, "/users?limit=1").await.expect(200);
    create().await;
    let _still = admin.get(User, "/me").await.expect(200);
}

#[tokio::test]
async fn unproven_account_is_erased_at_verification_alone() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let (email, _) = register(&access).await;
    let found = admin.get(User, &format!("/users?email={email}")).await.value();
    let id = found["items"][0]["id"].as_str().unwrap().to_owned();
    let put = client_of("bootstrap").put(internal(User, "/internal/admin"));
    let _done = Answer::of(put.json(&json!({"email": email, "password": PASSWORD}))).await.expect(204);
    let peers = format!("SELECT string_agg(peer, ' ') FROM erasures WHERE user_id = '{id}'");
    assert_eq!(shop().postgres.sql("userdb", &peers).unwrap().trim(), "verification");
}

#[tokio::test]
async fn unproven_account_is_removed_after_its_time() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let ((old, token), (young, _)) = (register(&access).await, register(&access).await);
    let proven = Customer::register(&access, Access::mailbox()).await;
    let past = "UPDATE users SET created_at = now() - interval '7 days 1 minute' WHERE email IN";
    let _aged = shop().postgres.sql("userdb", &format!("{past} ('{old}', '{}')", proven.email)).unwrap();
    let accounts = async |email: &str| {
        let found = admin.get(User, &format!("/users?email={email}")).await.value();
        found["items"].as_array().map_or(0, Vec::len)
    };
    let left = until(A_WHILE, async || accounts(&old).await, |left| *left == 0).await;
    assert_eq!((left, accounts(&young).await, accounts(&proven.email).await), (0, 1, 1));
    let verify = access.http.post(access.url(User, "/verify-email")).json(&json!({"token": token}));
    assert!(matches!(Answer::of(verify).await.status, 404 | 410));
    // The Verification Service erases the emails too.
    let mails = async || {
        let path = format!("/verifications?email={old}");
        let found = admin.get(estore_testbed::ServiceName::Verification, &path).await.value();
        found["items"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(until(A_WHILE, mails, |left| *left == 0).await, 0);
}
