//! Links in the emails of a shop with a storefront, and the calls that its pages make.

use std::time::Duration;

use estore_testbed::{
    ServiceName::{Payment, User, Verification},
    Shop,
};
use estore_tests::{
    Access, Answer, CARD, Customer, PASSWORD, access, directory, fresh, is_given, unique, until,
};
use reqwest::Method;
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(20);
const SHOP_URL: &str = "https://shop.example/store";

async fn post(access: &Access, service: estore_testbed::ServiceName, path: &str, body: &Value) -> Answer {
    Answer::of(access.http.post(access.url(service, path)).json(body)).await
}

async fn purpose(access: &Access, token: &str) -> Value {
    let body = json!({"token": token});
    post(access, Verification, "/verify/preview", &body).await.expect(200).value()["purpose"].clone()
}

#[tokio::test]
async fn links_lead_to_the_storefront() {
    if is_given() {
        return;
    }
    let mut options = fresh(directory("shop-links"), &[]);
    let settings = [("SHOP_URL".to_owned(), format!("{SHOP_URL}/"))];
    options.settings.of.insert(Verification, settings.into());
    let mut shop = Shop::start(options).await.unwrap();
    let access = Access::to(&shop);
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, &shop.mailbox).await);
    let _asked = post(&access, User, "/password/forgot", &json!({"email": customer.email})).await.expect(202);
    let (sku, card) = (admin.add_product(1, 100).await, customer.save_card(CARD).await);
    let order = customer.order("k", card, &sku, 1).await.expect(201).value();
    let id = order["id"].as_str().unwrap();
    let mails = shop.mailbox.wait_for(&customer.email, 3, LIMIT).await.unwrap();
    let orders = format!("{SHOP_URL}/orders/{id}");
    for link in [format!("{SHOP_URL}/verify?token="), format!("{SHOP_URL}/password/new?token="), orders] {
        assert!(mails.iter().any(|mail| mail.text.contains(&link)), "{link}");
    }
    let ordered = mails.iter().find(|mail| mail.subject.starts_with("Your order")).unwrap();
    assert!(!ordered.subject.contains(id) && ordered.html.contains("See your order"), "{}", ordered.subject);
    let body = json!({"locale": "de"});
    let _sample = admin.post(Verification, "/templates/order_refunded/test", &body).await.expect(202);
    let came = async || shop.mailbox.messages_to(&admin.email).into_iter().last();
    let sample = until(LIMIT, came, Option::is_some).await.unwrap();
    assert!(sample.text.contains(&format!("{SHOP_URL}/orders/")), "{}", sample.text);
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn order_email_without_a_storefront_has_no_link() {
    if is_given() {
        return;
    }
    let mut shop = Shop::start(fresh(directory("no-shop-links"), &[("SHOP_URL", "")])).await.unwrap();
    let access = Access::to(&shop);
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, &shop.mailbox).await);
    let (sku, card) = (admin.add_product(1, 100).await, customer.save_card(CARD).await);
    let order = customer.order("k", card, &sku, 1).await.expect(201).value();
    let mails = shop.mailbox.wait_for(&customer.email, 2, LIMIT).await.unwrap();
    let mail = mails.iter().find(|mail| mail.subject.starts_with("Your order")).unwrap();
    assert!(!mail.text.contains("/orders/") && !mail.html.contains("See your order"), "{}", mail.text);
    let shown = customer.get(Payment, &format!("/orders/{}", order["id"].as_str().unwrap())).await;
    let number = shown.expect(200).value()["number"].clone();
    assert!(mail.subject.contains(number.as_str().unwrap()), "{}", mail.subject);
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn preview_says_what_a_link_is_for() {
    let access = access();
    let email = format!("{}@example.com", unique());
    let body = json!({"email": email, "password": PASSWORD, "name": "Ada"});
    let _accepted = post(&access, User, "/register", &body).await.expect(202);
    let token = Customer::mailed_token(Access::mailbox(), &email).await;
    // Reading uses nothing up.
    assert_eq!(purpose(&access, &token).await, "email");
    assert_eq!(purpose(&access, &token).await, "email");
    let session = post(&access, User, "/verify-email", &json!({"token": token})).await.expect(200).value();
    assert!(session["access_token"].is_string());
    let preview =
        async |token: &str| post(&access, Verification, "/verify/preview", &json!({"token": token})).await;
    let _used = preview(&token).await.refused(410, "token_used");
    let _unknown = preview("nothing").await.refused(404, "token_unknown");

    let _asked = post(&access, User, "/password/forgot", &json!({"email": email})).await.expect(202);
    let _mails = Access::mailbox().wait_for(&email, 2, LIMIT).await.unwrap();
    let token = Customer::mailed_token(Access::mailbox(), &email).await;
    assert_eq!(purpose(&access, &token).await, "password_reset");
    let body = json!({"token": token, "new_password": "another good password"});
    let _changed = post(&access, User, "/password/reset", &body).await.expect(204);
    let _used = preview(&token).await.refused(410, "token_used");
}

#[tokio::test]
async fn move_is_stopped_and_reverted_by_json() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let move_to = async |new: &str| {
        let body = json!({"password": PASSWORD, "new_email": new});
        let _sent =
            Answer::of(customer.request(Method::PUT, User, "/me/email").json(&body)).await.expect(202);
    };
    let press = async |token: &str| {
        post(&access, Verification, "/verify", &json!({"token": token})).await.expect(200).value()["status"]
            .clone()
    };
    move_to(&format!("{}@example.com", unique())).await;
    let _told = Access::mailbox().wait_for(&customer.email, 2, LIMIT).await.unwrap();
    let stop = Customer::mailed_token(Access::mailbox(), &customer.email).await;
    assert_eq!(purpose(&access, &stop).await, "email_change_asked");
    assert_eq!(press(&stop).await, "stopped");

    let new = format!("{}@example.com", unique());
    move_to(&new).await;
    let token = Customer::mailed_token(Access::mailbox(), &new).await;
    assert_eq!(purpose(&access, &token).await, "email_change");
    assert_eq!(press(&token).await, "moved");
    let _told = Access::mailbox().wait_for(&customer.email, 4, LIMIT).await.unwrap();
    let revert = Customer::mailed_token(Access::mailbox(), &customer.email).await;
    assert_eq!(purpose(&access, &revert).await, "email_changed");
    assert_eq!(press(&revert).await, "reverted");
    let _ended = customer.get(User, "/me").await.refused(401, "invalid_token");
}
