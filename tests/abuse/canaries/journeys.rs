//! Journeys in which customers use their secrets, correctly and incorrectly.

use std::cell::RefCell;

use estore_testbed::{
    ServiceName::{self, Inventory, Payment, User, Verification},
    Shop,
};
use estore_tests::{Access, Answer, Customer, RequestBuilder, unique};
use reqwest::Method;
use serde_json::{Value, json};

use super::secrets::{CARD, CVC, OTHER_PASSWORD, PASSWORD, Secrets};

/// All recorded answers, except those that carry a secret on purpose.
#[derive(Default)]
pub(super) struct Heard(RefCell<Vec<String>>);

impl Heard {
    /// Sends a request and records its answer with all headers.
    async fn of(&self, request: RequestBuilder) -> Answer {
        let answer = Answer::of(request).await;
        self.0.borrow_mut().push(format!("{} {:?} {}", answer.status, answer.headers, answer.text));
        answer
    }

    pub(super) fn all(self) -> Vec<String> {
        self.0.into_inner()
    }
}

/// Registers a customer who verifies, logs in and out, saves cards and buys. Adds the resulting
/// secrets to `secrets`.
pub(super) async fn right(shop: &Shop, access: &Access, heard: &Heard, secrets: &mut Secrets) -> Customer {
    let email = format!("{}@example.com", unique());
    let post = |path: &str, body: Value| access.http.post(access.url(User, path)).json(&body);
    let account = json!({"email": email, "password": PASSWORD, "name": "Ada"});
    let _accepted = heard.of(post("/register", account.clone())).await.expect(202);
    let mail = Customer::mailed_token(&shop.mailbox, &email).await;
    secrets.mail(&mail);
    // The page carries the token in its form on purpose, so its answer is not recorded.
    let page = access.http.get(access.url(Verification, "/verify")).query(&[("token", &mail)]);
    let _page = Answer::of(page).await.expect(200);
    let verified = Answer::of(post("/verify-email", json!({"token": mail}))).await.expect(200);
    secrets.tokens(&verified);
    let _again = heard.of(post("/register", account)).await.expect(202);
    let login = Answer::of(post("/login", json!({"email": email, "password": PASSWORD}))).await.expect(200);
    secrets.tokens(&login);
    let refresh = login.value()["refresh_token"].clone();
    let refreshed = Answer::of(post("/token/refresh", json!({"refresh_token": refresh}))).await.expect(200);
    secrets.tokens(&refreshed);
    let _wrong =
        heard.of(post("/login", json!({"email": email, "password": OTHER_PASSWORD}))).await.expect(401);
    let customer = Customer::login(access, &email, PASSWORD).await;
    secrets.add("access token", &customer.access_token);
    secrets.add("refresh token", &customer.refresh_token);

    let admin = Customer::admin(access).await;
    secrets.add("access token", &admin.access_token);
    let sku = admin.add_product(10, 500).await;
    for (number, status) in [(CARD, 201), ("4000000000000002", 402)] {
        let details = json!({"card_number": number, "expiry_month": 12, "expiry_year": 2029, "cvc": CVC});
        let save = customer
            .request(Method::POST, Payment, "/payment-methods")
            .header("Idempotency-Key", number.len());
        let card = json!({"payment_type": "Card", "details": details});
        let save =
            if number == CARD { save } else { customer.request(Method::POST, Payment, "/payment-methods") };
        let saved = heard.of(save.json(&card)).await.expect(201).value();
        let body = json!({"items": [{"sku": sku, "quantity": 1}], "payment_method_id": saved["id"]});
        let order = heard.of(customer.order_request(&unique(), &body)).await.expect(status).value();
        if status == 201 {
            let path = format!("/orders/{}/refunds", order["id"].as_str().unwrap());
            let refund = admin.request(Method::POST, Payment, &path).header("Idempotency-Key", "all");
            let _refunded = heard.of(refund.json(&json!({"reason": "came broken"}))).await.expect(201);
        }
    }
    let reused = json!({"refresh_token": refresh});
    let _ended = heard.of(post("/token/refresh", reused)).await.expect(401);
    customer
}

/// Sends secrets in the wrong places: other fields, headers, paths, queries, and bodies that are
/// not JSON.
pub(super) async fn wrong(access: &Access, heard: &Heard, customer: &Customer) {
    let card = json!({"payment_type": "Card", "details": {"card_number": CARD, "expiry_month": 12, "expiry_year": 2029, "cvc": CVC}});
    let whole = card.to_string();
    let json = |service: ServiceName, path: &str, body: &str| {
        let request = customer.request(Method::POST, service, path).header("Idempotency-Key", "wrong");
        request.header("Content-Type", "application/json").body(body.to_owned())
    };
    let login = json!({"email": customer.email, "password": PASSWORD}).to_string();
    for (service, path, body) in
        [(Payment, "/payment-methods", &whole), (Payment, "/orders", &whole), (User, "/login", &login)]
    {
        for broken in
            [&body[..body.len() - 1], &body.replace(':', "="), &format!("[{body}]"), &format!("{body}{body}")]
        {
            let refused = heard.of(json(service, path, broken)).await;
            assert!(matches!(refused.status, 400 | 422), "{}", refused.text);
        }
    }
    let mut odd = card.clone();
    odd["details"]["cvc"] = PASSWORD.into();
    odd["details"]["expiry_month"] = CARD.into();
    odd["payment_type"] = CARD.into();
    let _refused = heard.of(json(Payment, "/payment-methods", &odd.to_string())).await.expect(422);
    for field in ["email", "name", "locale", "shipping_address"] {
        let mut body = json!({"email": "eve@example.com", "password": "short", "name": "Eve"});
        body[field] = json!([PASSWORD, CARD]);
        let _refused = heard.of(json(User, "/register", &body.to_string())).await.expect(422);
        body[field] = PASSWORD.repeat(9).into();
        let _refused = heard.of(json(User, "/register", &body.to_string())).await.expect(422);
    }
    for service in ServiceName::ALL {
        let get = |path: &str| access.http.get(access.url(service, path));
        let everywhere = [
            get("/nope").query(&[("password", PASSWORD), ("card", CARD)]),
            get(&format!("/nope/{CARD}")),
            get("/health").header("X-Request-Id", format!("{CARD} {CVC}")),
            get("/health").header("Cookie", format!("session={CARD}; token={}", customer.refresh_token)),
            get("/health").header("traceparent", format!("00-{CARD}-{CARD}-01")),
            get("/me").bearer_auth(&customer.refresh_token),
            get("/me").basic_auth(CARD, Some(PASSWORD)),
            get("/products")
                .bearer_auth(&customer.access_token)
                .query(&[("limit", PASSWORD), ("cursor", CARD)]),
            get("/verify").query(&[("token", CARD)]),
            get("/orders").bearer_auth(&customer.access_token).query(&[("status", CARD)]),
        ];
        for request in everywhere {
            let _answered = heard.of(request).await;
        }
    }
    let mut product =
        json!({"sku": CARD, "name": PASSWORD, "description": PASSWORD, "category": PASSWORD, "price": CARD});
    product["attributes"] = json!({ "cvc": CARD });
    let _refused = heard.of(json(Inventory, "/products", &product.to_string())).await.expect(403);
}
