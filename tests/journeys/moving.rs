//! An account that gets another address.

use std::time::Duration;

use estore_stage::ServiceName::User;
use estore_tests::{Access, Answer, Customer, PASSWORD, access, unique, until};
use reqwest::Method;
use serde_json::json;

async fn change(customer: &Customer, password: &str, new: &str) -> Answer {
    let body = json!({"password": password, "new_email": new});
    Answer::of(customer.request(Method::PUT, User, "/me/email").json(&body)).await
}

async fn verify(access: &Access, token: &str) -> Answer {
    Answer::of(access.http.post(access.url(User, "/verify-email")).json(&json!({"token": token}))).await
}

#[tokio::test]
async fn the_address_changes_once_the_new_one_is_verified_and_the_old_one_is_told() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let new = format!("{}@example.com", unique());
    let _wrong = change(&customer, "not the one", &new).await.refused(403, "wrong_password");
    let _same = change(&customer, PASSWORD, &customer.email).await.refused(422, "validation_error");
    let _sent = change(&customer, PASSWORD, &new).await.expect(202);
    let before = customer.get(User, "/me").await.value();
    assert_eq!((&before["email"], &before["email_verified"]), (&json!(customer.email), &json!(true)));

    let token = Customer::mailed_token(Access::mailbox(), &new).await;
    let _tokens = verify(&access, &token).await.expect(200);
    let after = customer.get(User, "/me").await.value();
    assert_eq!((&after["email"], &after["email_verified"]), (&json!(new), &json!(true)));
    let told = Access::mailbox().wait_for(&customer.email, 2, Duration::from_secs(20)).await.unwrap();
    assert!(told[1].text.contains("it has another e-mail address now") && !told[1].text.contains(&new));
    let _by_new = Customer::login(&access, &new, PASSWORD).await;
    let body = json!({"email": customer.email, "password": PASSWORD});
    let old = Answer::of(access.http.post(access.url(User, "/login")).json(&body)).await;
    let _by_old = old.refused(401, "invalid_credentials");
}

#[tokio::test]
async fn the_page_behind_the_mails_link_moves_the_account_too() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let new = format!("{}@example.com", unique());
    let _sent = change(&customer, PASSWORD, &new).await.expect(202);
    let token = Customer::mailed_token(Access::mailbox(), &new).await;
    let form = access.http.post(access.url(estore_stage::ServiceName::Verification, "/verify"));
    let _page = Answer::of(form.form(&[("token", token)])).await.expect(200);
    let email = async || customer.get(User, "/me").await.value()["email"].clone();
    let _moved = until(Duration::from_secs(20), email, |email| *email == json!(new)).await;
}

#[tokio::test]
async fn moving_to_a_taken_address_looks_the_same_and_changes_nothing() {
    let access = access();
    let (ada, eve) = (
        Customer::register(&access, Access::mailbox()).await,
        Customer::register(&access, Access::mailbox()).await,
    );
    let free = format!("{}@example.com", unique());
    let (taken, free) = (change(&eve, PASSWORD, &ada.email).await, change(&eve, PASSWORD, &free).await);
    assert_eq!((taken.status, taken.text), (free.status, free.text));
    let mails = Access::mailbox().wait_for(&ada.email, 2, Duration::from_secs(20)).await.unwrap();
    assert!(mails[1].subject.contains("already have an account") && !mails[1].text.contains("token="));
    assert_eq!(eve.get(User, "/me").await.value()["email"], json!(eve.email));
}

#[tokio::test]
async fn an_address_that_is_registered_meanwhile_stays_with_who_registered_it() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let new = format!("{}@example.com", unique());
    let _sent = change(&customer, PASSWORD, &new).await.expect(202);
    let token = Customer::mailed_token(Access::mailbox(), &new).await;
    let body = json!({"email": new, "password": PASSWORD, "name": "Eve"});
    let _registered =
        Answer::of(access.http.post(access.url(User, "/register")).json(&body)).await.expect(202);
    let _refused = verify(&access, &token).await.refused(404, "not_found");
    assert_eq!(customer.get(User, "/me").await.value()["email"], json!(customer.email));
}
