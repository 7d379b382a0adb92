//! The daily work of customers and admins: everything that the metrics cover and that happens in a
//! healthy shop.

use std::time::Duration;

use estore_contract::{OrderId, payment::Order};
use estore_testbed::{
    ServiceName::{Inventory, Payment, Storefront, User, Verification},
    Shop,
};
use estore_tests::{Access, Answer, CARD, Customer, Mails, Method, PASSWORD, unique};
use serde_json::{Value, json};

/// The price of one unit, in cents.
const PRICE: i64 = 500;
const DECLINED: &str = "4000000000000002";

/// Counts of the completed actions.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Tally {
    pub(crate) registered: u32,
    pub(crate) verified: u32,
    pub(crate) orders: u32,
    pub(crate) completed: u32,
    pub(crate) declined: u32,
    pub(crate) short: u32,
    pub(crate) captured: i64,
    pub(crate) refunded: i64,
}

/// Limits for one address: enough refreshes for two rounds, after which more are refused, and any
/// number of reads.
pub(crate) const LIMITS: [(&str, &str); 2] =
    [("LIMIT_REFRESH_ADDRESS", "2/1per3600"), ("LIMIT_READS_ADDRESS", "99999/9999per1")];

/// Does one round of everything.
pub(crate) async fn round(shop: &Shop, access: &Access, tally: &mut Tally) {
    let (admin, buyer) = (Customer::admin(access).await, Customer::register(access, &shop.mailbox).await);
    tally.registered += 1;
    tally.verified += 1;
    pages(access).await;
    accounts(shop, access, tally).await;
    sessions(&buyer).await;
    catalogue(&admin, &buyer).await;
    orders(shop, &admin, &buyer, tally).await;
    back_office(&admin, &buyer).await;
    leave(&buyer).await;
}

/// Opens a page, misses one, and reads a document by way of the storefront.
async fn pages(access: &Access) {
    for (path, status) in [("/", 200), ("/no-such-page", 404), ("/api/inventory/openapi.json", 200)] {
        let _shown = Answer::of(access.http.get(access.url(Storefront, path))).await.expect(status);
    }
}

async fn post(access: &Access, path: &str, body: Value) -> Answer {
    Answer::of(access.http.post(access.url(User, path)).json(&body)).await
}

async fn login(access: &Access, email: &str, password: &str) -> Answer {
    post(access, "/login", json!({"email": email, "password": password})).await
}

/// Registers twice, once without verifying the address, and resets a forgotten password.
async fn accounts(shop: &Shop, access: &Access, tally: &mut Tally) {
    let customer = Customer::register(access, &shop.mailbox).await;
    let used = Customer::mailed_token(&shop.mailbox, &customer.email).await;
    // A client repeats the request because the answer may have been lost.
    let _again = post(access, "/verify-email", json!({"token": used})).await.expect(200);
    let _unknown = post(access, "/verify-email", json!({"token": "x".repeat(43)})).await.expect(404);
    let again = json!({"email": customer.email, "password": PASSWORD, "name": "Eve"});
    let _taken = post(access, "/register", again).await.expect(202);
    let shy = format!("{}@example.com", unique());
    let body = json!({"email": shy, "password": PASSWORD, "name": "Shy"});
    let _unproven = post(access, "/register", body).await.expect(202);
    tally.registered += 2;
    tally.verified += 1;
    let _not_yet = login(access, &shy, PASSWORD).await.expect(403);
    let _resent = post(access, "/verify-email/resend", json!({"email": shy})).await.expect(202);

    let _asked = post(access, "/password/forgot", json!({"email": customer.email})).await.expect(202);
    let mails =
        Mails::from(&shop.mailbox).wait_for(&customer.email, 3, Duration::from_secs(20)).await.unwrap();
    // The email about the second registration may arrive before this one or after it.
    let mail = mails.iter().find(|mail| mail.subject.starts_with("Reset")).unwrap();
    let link = mail.text.split("token=").nth(1).unwrap();
    let token = link.split_whitespace().next().unwrap();
    let reset = async |password: &str| {
        post(access, "/password/reset", json!({"token": token, "new_password": password})).await
    };
    let _reset = reset("another password, as good").await.expect(204);
    let _used = reset("a third password, as good").await.expect(410);
}

async fn sessions(buyer: &Customer) {
    let access = &buyer.access;
    let _in = login(access, &buyer.email, PASSWORD).await.expect(200);
    let _wrong = login(access, &buyer.email, "not the one").await.expect(401);
    let _nobody = login(access, "nobody@example.com", "not the one").await.expect(401);
    let other = Customer::login(access, &buyer.email, PASSWORD).await;
    let refresh =
        async || post(access, "/token/refresh", json!({"refresh_token": other.refresh_token})).await;
    let _refreshed = refresh().await.expect(200);
    let _profile = buyer.get(User, "/me").await.expect(200);
    let _sessions = buyer.get(User, "/me/sessions").await.expect(200);
    let rename = buyer.request(Method::PATCH, User, "/me").json(&json!({"name": "Ada L."}));
    let _renamed = Answer::of(rename).await.expect(200);
    let _out = Answer::of(Customer::login(access, &buyer.email, PASSWORD).await.request(
        Method::POST,
        User,
        "/logout",
    ))
    .await
    .expect(204);
}

async fn catalogue(admin: &Customer, buyer: &Customer) {
    let sku = admin.add_product(3, PRICE).await;
    let path = format!("/products/{sku}");
    let pages = [
        "/products?limit=5",
        "/products?q=mug&in_stock=true&sort=price",
        "/categories",
        "/tags",
        "/facets",
        &path,
    ];
    for page in pages {
        let _shown = buyer.get(Inventory, page).await.expect(200);
    }
    let _missing = buyer.get(Inventory, "/products/NO-SUCH-SKU").await.expect(404);
    let _kept_out = buyer.get(Inventory, &format!("{path}/stock")).await.expect(403);
    let _nobody =
        Answer::of(buyer.access.http.get(buyer.access.url(Inventory, "/products"))).await.expect(401);
    // All units are broken, so that one product is sold out.
    let adjust = admin.request(Method::POST, Inventory, &format!("{path}/stock/adjustments"));
    let adjust = adjust.header("Idempotency-Key", "broken").json(&json!({"delta": -3, "reason": "damage"}));
    let _broken = Answer::of(adjust).await.expect(201);
}

async fn orders(shop: &Shop, admin: &Customer, buyer: &Customer, tally: &mut Tally) {
    let sku = admin.add_product(20, PRICE).await;
    let (card, bad) = (buyer.save_card(CARD).await, buyer.save_card(DECLINED).await);
    let buy = async |key: &str, quantity: u32| -> OrderId {
        buyer.order(key, card, &sku, quantity).await.expect(201).json::<Order>().id
    };
    let (first, second) = (buy("first", 2).await, buy("second", 3).await);
    let _again = buyer.order("first", card, &sku, 2).await.expect(201);
    let refused = buyer.order("declined", bad, &sku, 1).await.refused(402, "payment_declined");
    let _short = buyer.order("short", card, &sku, 99).await.refused(409, "insufficient_stock");
    let cancel = |id: OrderId| buyer.request(Method::POST, Payment, &format!("/orders/{id}/cancel"));
    let _cancelled = Answer::of(cancel(refused.order_id.unwrap())).await.expect(200);
    let _too_late = Answer::of(cancel(first)).await.refused(409, "order_final");
    tally.orders += 4;
    tally.completed += 2;
    tally.declined += 1;
    tally.short += 1;
    tally.captured += 5 * PRICE;

    let refund = async |id: OrderId, key: &str, body: Value| {
        let request = admin.request(Method::POST, Payment, &format!("/orders/{id}/refunds"));
        Answer::of(request.header("Idempotency-Key", key).json(&body)).await
    };
    let part = json!({"items": [{"sku": sku, "quantity": 1}], "reason": "too many", "restock": true});
    let _part = refund(first, "part", part).await.expect(201);
    let _whole = refund(second, "whole", json!({"restock": false})).await.expect(201);
    tally.refunded += 4 * PRICE;
    for page in ["/orders", "/transactions", "/payment-methods"] {
        let _shown = buyer.get(Payment, page).await.expect(200);
    }
    let _shown = buyer.get(Payment, &format!("/orders/{first}/refunds")).await.expect(200);
    let _gone = Answer::of(buyer.request(Method::DELETE, Payment, &format!("/payment-methods/{bad}")))
        .await
        .expect(204);
    // One verification, two confirmations, two notices.
    let _mails = Mails::from(&shop.mailbox).wait_for(&buyer.email, 5, Duration::from_secs(20)).await.unwrap();
}

async fn back_office(admin: &Customer, buyer: &Customer) {
    for (service, page) in [
        (User, "/users?limit=5"),
        (Verification, "/verifications?limit=5"),
        (Verification, "/templates"),
        (Payment, "/orders?limit=5"),
    ] {
        let _shown = admin.get(service, page).await.expect(200);
    }
    let id = buyer.get(User, "/me").await.value()["id"].as_str().unwrap().to_owned();
    let status = async |status: &str| {
        let request = admin.request(Method::PATCH, User, &format!("/users/{id}"));
        Answer::of(request.json(&json!({"status": status}))).await.expect(200)
    };
    let _disabled = status("disabled").await;
    let _kept_out = login(&buyer.access, &buyer.email, PASSWORD).await.expect(403);
    let _enabled = status("active").await;
}

/// Exports the customer's data, then closes the account.
async fn leave(buyer: &Customer) {
    let buyer = Customer::login(&buyer.access, &buyer.email, PASSWORD).await;
    let _exported = buyer.get(User, "/me/export").await.expect(200);
    let close = buyer.request(Method::DELETE, User, "/me").json(&json!({"password": PASSWORD}));
    let _closed = Answer::of(close).await.expect(204);
}

/// Sends more refreshes than the two rounds have left.
pub(crate) async fn too_often(access: &Access) {
    for _ in 0..3 {
        let body = json!({"refresh_token": "x".repeat(43)});
        let _refused = post(access, "/token/refresh", body).await.expect(429);
    }
}
