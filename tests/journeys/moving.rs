//! Changes of an account's email address.

use std::time::Duration;

use estore_testbed::ServiceName::User;
use estore_tests::{Access, Answer, Customer, PASSWORD, access, unique, until};
use reqwest::Method;
use serde_json::json;

async fn change(customer: &Customer, password: &str, new: &str) -> Answer {
    let body = json!({"password": password, "new_email": new});
    Answer::of(customer.request(Method::PUT, User, "/me/email").json(&body)).await
}

async fn verify(access: &Access, token: &str) -> Answer {
    access.post("/verify-email", &json!({"token": token})).await
}

#[tokio::test]
async fn address_changes_once_the_new_one_is_verified() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let new = format!("{}@example.com", unique());
    let _wrong = change(&customer, "not the one", &new).await.refused(403, "wrong_password");
    let _same = change(&customer, PASSWORD, &customer.email).await.refused(422, "validation_error");
    let _sent = change(&customer, PASSWORD, &new).await.expect(202);
    let before = customer.get(User, "/me").await.value();
    assert_eq!((&before["email"], &before["email_verified"]), (&json!(customer.email), &json!(true)));

    let token = Customer::mailed_token(Access::mailbox(), &new).await;
    let moved = verify(&access, &token).await.expect(204);
    assert_eq!(moved.text, "", "no session");
    let after = customer.get(User, "/me").await.value();
    assert_eq!((&after["email"], &after["email_verified"]), (&json!(new), &json!(true)));
    let told = Access::mailbox().wait_for(&customer.email, 3, Duration::from_secs(20)).await.unwrap();
    let says = |words| told.iter().any(|mail| mail.text.contains(words));
    assert!(says("asked to give your account another email address"));
    assert!(says("it has another email address now"));
    assert!(told.iter().all(|mail| !mail.text.contains(&new)));
    let asked = Access::mailbox().wait_for(&new, 1, Duration::from_secs(20)).await.unwrap();
    assert!(!asked[0].text.contains("Welcome") && !asked[0].text.contains("register"), "{}", asked[0].text);
    let _by_new = Customer::login(&access, &new, PASSWORD).await;
    let body = json!({"email": customer.email, "password": PASSWORD});
    let old = access.post("/login", &body).await;
    let _by_old = old.refused(401, "invalid_credentials");
}

#[tokio::test]
async fn linked_page_moves_the_account_too() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let new = format!("{}@example.com", unique());
    let _sent = change(&customer, PASSWORD, &new).await.expect(202);
    let token = Customer::mailed_token(Access::mailbox(), &new).await;
    let form = access.http.post(access.url(estore_testbed::ServiceName::Verification, "/verify"));
    let page = Answer::of(form.form(&[("token", token)])).await.expect(200);
    assert!(page.text.contains("has this email address now"), "{}", page.text);
    let email = async || customer.get(User, "/me").await.value()["email"].clone();
    let _moved = until(Duration::from_secs(20), email, |email| *email == json!(new)).await;
}

#[tokio::test]
async fn move_to_a_taken_address_changes_nothing() {
    let access = access();
    let (ada, eve) = (
        Customer::register(&access, Access::mailbox()).await,
        Customer::register(&access, Access::mailbox()).await,
    );
    let free = format!("{}@example.com", unique());
    let (taken, free) = (change(&eve, PASSWORD, &ada.email).await, change(&eve, PASSWORD, &free).await);
    assert_eq!((taken.status, taken.text), (free.status, free.text));
    let _told = Access::mailbox().wait_for(&eve.email, 3, Duration::from_secs(20)).await.unwrap();
    let mails = Access::mailbox().wait_for(&ada.email, 2, Duration::from_secs(20)).await.unwrap();
    assert!(mails[1].subject.contains("already have an account") && !mails[1].text.contains("token="));
    assert_eq!(eve.get(User, "/me").await.value()["email"], json!(eve.email));
}

#[tokio::test]
async fn address_verified_meanwhile_stays_with_its_verifier() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let new = format!("{}@example.com", unique());
    let _sent = change(&customer, PASSWORD, &new).await.expect(202);
    let token = Customer::mailed_token(Access::mailbox(), &new).await;
    let body = json!({"email": new, "password": PASSWORD, "name": "Eve"});
    let _registered = access.post("/register", &body).await.expect(202);
    let _both = Access::mailbox().wait_for(&new, 2, Duration::from_secs(20)).await.unwrap();
    let registered = Customer::mailed_token(Access::mailbox(), &new).await;
    let _proven = verify(&access, &registered).await.expect(200);
    let _refused = verify(&access, &token).await.refused(410, "token_used");
    assert_eq!(customer.get(User, "/me").await.value()["email"], json!(customer.email));
}

#[tokio::test]
async fn unproven_registration_blocks_no_move() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let new = format!("{}@example.com", unique());
    let register = async || {
        let body = json!({"email": new, "password": "the strangers phrase", "name": "Mallory"});
        let request = access.http.post(access.url(User, "/register")).json(&body);
        let _registered = Answer::of(request).await.expect(202);
    };
    register().await;
    let strangers = Customer::mailed_token(Access::mailbox(), &new).await;
    let _sent = change(&customer, PASSWORD, &new).await.expect(202);
    let _both = Access::mailbox().wait_for(&new, 2, Duration::from_secs(20)).await.unwrap();
    let token = Customer::mailed_token(Access::mailbox(), &new).await;
    register().await;
    let _moved = verify(&access, &token).await.expect(204);
    assert_eq!(customer.get(User, "/me").await.value()["email"], json!(new));
    // The account is gone, and its email record soon follows.
    let late = verify(&access, &strangers).await;
    assert!(matches!(late.status, 404 | 410), "{}", late.text);
    let _owner = Customer::login(&access, &new, PASSWORD).await;
}

#[tokio::test]
async fn superseded_move_is_refused_with_its_reason() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let (first, second) = (format!("{}@example.com", unique()), format!("{}@example.com", unique()));
    let mut tokens = Vec::new();
    for new in [&first, &second] {
        let _sent = change(&customer, PASSWORD, new).await.expect(202);
        tokens.push(Customer::mailed_token(Access::mailbox(), new).await);
    }
    let url = access.url(estore_testbed::ServiceName::Verification, "/verify");
    let form = access.http.post(url).header("Accept-Language", "de");
    let page = Answer::of(form.form(&[("token", &tokens[0])])).await.expect(410);
    assert!(page.text.contains("Es wurde nichts geändert") && !page.text.contains("Danke"), "{}", page.text);
    assert_eq!(customer.get(User, "/me").await.value()["email"], json!(customer.email));
    let _moved = verify(&access, &tokens[1]).await.expect(204);
    assert_eq!(customer.get(User, "/me").await.value()["email"], json!(second));
}
