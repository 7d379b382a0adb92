//! Emails about orders: they go to the owner's current address, in the owner's language.

use std::time::Duration;

use estore_testbed::{
    FaultKind::RejectForNow,
    ServiceName::{Payment, User, Verification},
    Shop,
};
use estore_tests::{
    Access, Answer, CARD, Customer, Mails, PASSWORD, access, directory, fresh, is_given, shop, unique, until,
};
use reqwest::Method;
use serde_json::json;

const LIMIT: Duration = Duration::from_secs(30);

/// Moves the account to another address, names its owner Zoë and sets the language to German.
async fn moved<'a>(customer: &Customer, mails: impl Into<Mails<'a>>) -> String {
    let new = format!("{}@example.com", unique());
    let body = json!({"password": PASSWORD, "new_email": new});
    let _asked = Answer::of(customer.request(Method::PUT, User, "/me/email").json(&body)).await.expect(202);
    let token = Customer::mailed_token(mails, &new).await;
    let url = customer.access.url(User, "/verify-email");
    let _moved = Answer::of(customer.access.http.post(url).json(&json!({"token": token}))).await;
    let address = async || customer.get(User, "/me").await.value()["email"].clone();
    let _new = until(LIMIT, address, |email| *email == json!(new)).await;
    let body = json!({"name": "Zoë", "locale": "de"});
    let _changed = Answer::of(customer.request(Method::PATCH, User, "/me").json(&body)).await.expect(200);
    new
}

async fn refund(admin: &Customer, order: &str, key: &str, sku: &str) {
    let request = admin.request(Method::POST, Payment, &format!("/orders/{order}/refunds"));
    let body = json!({"items": [{"sku": sku, "quantity": 1}]});
    let _refund = Answer::of(request.header("Idempotency-Key", key).json(&body)).await.expect(201);
}

#[tokio::test]
async fn refund_email_goes_to_the_owners_current_address() {
    if is_given() {
        return;
    }
    let access = access();
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
    let (sku, card) = (admin.add_product(9, 123_450).await, customer.save_card(CARD).await);
    let order = customer.order("k", card, &sku, 2).await.expect(201).value();
    let (id, number) = (order["id"].as_str().unwrap(), order["number"].as_str().unwrap());
    let mails = Access::mailbox().wait_for(&customer.email, 2, LIMIT).await.unwrap();
    assert!(
        mails[1].text.contains("Hello Ada") && mails[1].text.contains("Total: 2,469.00 USD"),
        "{}",
        mails[1].text
    );
    assert!(mails[1].html.contains("2,469.00 USD"));

    let new = moved(&customer, Access::mailbox()).await;
    let old_ones = shop().mailbox.messages_to(&customer.email).len();
    refund(&admin, id, "r", &sku).await;
    let is_refund = |subject: &str| subject.contains(number);
    let found = async || shop().mailbox.messages_to(&new).into_iter().find(|mail| is_refund(&mail.subject));
    let mail = until(LIMIT, found, Option::is_some).await.unwrap();
    assert!(mail.text.contains("Hallo Zoë") && mail.text.contains("1.234,50 USD"), "{}", mail.text);
    let old = shop().mailbox.messages_to(&customer.email).split_off(old_ones);
    assert!(!old.iter().any(|mail| is_refund(&mail.subject) && mail.subject.contains("back")), "{old:?}");
}

#[tokio::test]
async fn order_lists_its_emails_for_its_owner() {
    let access = access();
    let (admin, customer, stranger) = (
        Customer::admin(&access).await,
        Customer::register(&access, Access::mailbox()).await,
        Customer::register(&access, Access::mailbox()).await,
    );
    let (sku, card) = (admin.add_product(9, 500).await, customer.save_card(CARD).await);
    let order = customer.order("k", card, &sku, 2).await.expect(201).value();
    let id = order["id"].as_str().unwrap();
    refund(&admin, id, "r", &sku).await;
    let path = format!("/orders/{id}/emails");
    let listed = async || customer.get(Verification, &path).await.expect(200).value()["items"].clone();
    let sent = |items: &serde_json::Value| {
        items
            .as_array()
            .is_some_and(|items| items.len() == 2 && items.iter().all(|mail| mail["status"] == "sent"))
    };
    let items = until(LIMIT, listed, sent).await;
    for purpose in ["order_confirmed", "order_refunded"] {
        assert!(items.as_array().unwrap().iter().any(|mail| mail["purpose"] == purpose), "{items}");
    }
    assert_eq!(items[0]["recipient"], json!(format!("{}***@example.com", &customer.email[..1])));
    assert!(items[0]["sent_at"].is_string() && !items.to_string().contains(&customer.email));
    assert_eq!(admin.get(Verification, &path).await.expect(200).value()["items"], items);
    assert_eq!(stranger.get(Verification, &path).await.expect(200).value()["items"], json!([]));
}

#[tokio::test]
async fn waiting_order_email_follows_its_owner() {
    if is_given() {
        return;
    }
    let mut shop = Shop::start(fresh(directory("order-mails"), &[])).await.unwrap();
    let access = Access::to(&shop);
    let admin = Customer::admin(&access).await;
    let (ada, eve) =
        (Customer::register(&access, &shop.mailbox).await, Customer::register(&access, &shop.mailbox).await);
    let sku = admin.add_product(9, 500).await;
    let waits = async |email: &str| {
        let list = admin.get(Verification, &format!("/verifications?email={email}")).await.value();
        list["items"].as_array().unwrap().iter().filter(|mail| mail["purpose"] == "order_confirmed").count()
    };

    // The SMTP server accepts nothing for a while. In the meantime the owners move and leave.
    shop.mailbox.set(Some(RejectForNow));
    for customer in [&ada, &eve] {
        let card = customer.save_card(CARD).await;
        let _order = customer.order("k", card, &sku, 1).await.expect(201);
        let _waiting = until(LIMIT, async || waits(&customer.email).await, |waiting| *waiting == 1).await;
    }
    let closing = eve.request(Method::DELETE, User, "/me").json(&json!({"password": PASSWORD}));
    let _closed = Answer::of(closing).await.expect(204);
    let new = format!("{}@example.com", unique());
    let move_it = format!("UPDATE users SET email = '{new}' WHERE email = '{}'", ada.email);
    let _moved = shop.postgres.sql("userdb", &move_it).unwrap();
    // Once both changes are recorded, no email to an old address is in progress.
    let _noted = until(LIMIT, async || waits(&new).await, |waiting| *waiting == 1).await;
    let _none = until(LIMIT, async || waits(&eve.email).await, |waiting| *waiting == 0).await;
    shop.mailbox.set(None);

    let mails = shop.mailbox.wait_for(&new, 1, LIMIT).await.unwrap();
    assert!(mails[0].subject.starts_with("Your order"), "{}", mails[0].subject);
    let told = |email: &str| {
        shop.mailbox.messages_to(email).iter().any(|mail| mail.subject.starts_with("Your order"))
    };
    assert!(!told(&ada.email) && !told(&eve.email));
    shop.stop().await.unwrap();
}

/// Waits for an unsent confirmation that matches `condition`.
async fn waiting(shop: &Shop, condition: &str) {
    let sql = format!(
        "SELECT count(*) FROM verifications WHERE purpose = 'order_confirmed' AND status = 'pending' AND {condition}"
    );
    let count = async || shop.postgres.sql("verificationdb", &sql).unwrap();
    let _one = until(LIMIT, count, |count| count.trim() == "1").await;
}

#[tokio::test]
async fn order_email_waits_for_the_user_service() {
    if is_given() {
        return;
    }
    let mut shop = Shop::start(fresh(directory("order-mails-away"), &[])).await.unwrap();
    let access = Access::to(&shop);
    let admin = Customer::admin(&access).await;
    let customer = Customer::register(&access, &shop.mailbox).await;
    let (sku, card) = (admin.add_product(9, 500).await, customer.save_card(CARD).await);
    shop.mailbox.set(Some(RejectForNow));
    let _order = customer.order("k", card, &sku, 1).await.expect(201);
    waiting(&shop, "last_answer LIKE '%Not now%'").await;
    shop.service(User).stop().await.unwrap();
    waiting(&shop, "last_answer LIKE '%address is not available%'").await;
    shop.mailbox.set(None);
    shop.service(User).start_again().unwrap();
    shop.service(User).ready(LIMIT).await.unwrap();
    let mails = shop.mailbox.wait_for(&customer.email, 2, LIMIT).await.unwrap();
    assert!(mails[1].subject.starts_with("Your order"), "{}", mails[1].subject);
    shop.stop().await.unwrap();
}
