//! A customer of the shop.

use std::time::Duration;

use estore_contract::{PaymentMethodId, payment::PaymentMethod, user::Tokens};
use estore_testbed::ServiceName;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{Access, Answer, Mails, shop, unique};

/// A card that is never declined.
pub const CARD: &str = "4242424242424242";

/// A person with an account.
#[derive(Clone)]
pub struct Customer {
    /// The shop, and the client that calls it.
    pub access: Access,
    /// The email address.
    pub email: String,
    pub access_token: String,
    pub refresh_token: String,
}

/// The password of every test account.
pub const PASSWORD: &str = "a password that is long enough";

impl Customer {
    /// Registers a new customer, and verifies the address with the emailed token.
    pub async fn register<'a>(access: &Access, mails: impl Into<Mails<'a>>) -> Self {
        let email = format!("{}@example.com", unique());
        let body = json!({"email": email, "password": PASSWORD, "name": "Ada"});
        let _accepted = Answer::of(access.http.post(access.url(ServiceName::User, "/register")).json(&body))
            .await
            .expect(202);
        let token = Self::mailed_token(mails, &email).await;
        let answer = Answer::of(
            access.http.post(access.url(ServiceName::User, "/verify-email")).json(&json!({"token": token})),
        )
        .await
        .expect(200);
        Self::with(access, &email, &answer.json())
    }

    /// Returns the token in the latest email to `email`.
    ///
    /// # Panics
    /// If no email comes.
    #[expect(clippy::expect_used, reason = "a test")]
    pub async fn mailed_token<'a>(mails: impl Into<Mails<'a>>, email: &str) -> String {
        let mails = mails.into().wait_for(email, 1, Duration::from_secs(20)).await.expect("a mail");
        let text = mails.last().map(|mail| mail.text.clone()).unwrap_or_default();
        let token = text.split("token=").nth(1).and_then(|rest| rest.split_whitespace().next());
        token.expect("a token in the mail").to_owned()
    }

    /// Logs in.
    pub async fn login(access: &Access, email: &str, password: &str) -> Self {
        let body = json!({"email": email, "password": password});
        let answer = Answer::of(access.http.post(access.url(ServiceName::User, "/login")).json(&body))
            .await
            .expect(200);
        Self::with(access, email, &answer.json())
    }

    /// Logs in as the first admin.
    pub async fn admin(access: &Access) -> Self {
        Self::login(access, &access.admin.0, &access.admin.1).await
    }

    fn with(access: &Access, email: &str, tokens: &Tokens) -> Self {
        Self {
            access: access.clone(),
            email: email.to_owned(),
            access_token: tokens.access_token.expose().to_owned(),
            refresh_token: tokens.refresh_token.expose().to_owned(),
        }
    }

    /// Builds a request with the access token.
    pub fn request(&self, method: Method, service: ServiceName, path: &str) -> RequestBuilder {
        self.access.http.request(method, self.access.url(service, path)).bearer_auth(&self.access_token)
    }

    /// Sends a `GET`.
    pub async fn get(&self, service: ServiceName, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, service, path)).await
    }

    /// Sends a `POST` with a JSON body.
    pub async fn post(&self, service: ServiceName, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, service, path).json(body)).await
    }

    pub async fn save_card(&self, number: &str) -> PaymentMethodId {
        let body = json!({"payment_type": "Card", "details": {"card_number": number, "expiry_month": 12, "expiry_year": 2029, "cvc": "123"}});
        let answer = self.post(ServiceName::Payment, "/payment-methods", &body).await.expect(201);
        answer.json::<PaymentMethod>().id
    }

    /// Builds the request for an order.
    pub fn order_request(&self, key: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, ServiceName::Payment, "/orders").header("Idempotency-Key", key).json(body)
    }

    /// Orders `quantity` units of one SKU.
    pub async fn order(&self, key: &str, card: PaymentMethodId, sku: &str, quantity: u32) -> Answer {
        let body = json!({"items": [{"sku": sku, "quantity": quantity}], "payment_method_id": card});
        Answer::of(self.order_request(key, &body)).await
    }

    /// Makes the customer's spent refresh tokens older than the leeway within which a repeat gets
    /// the same answer.
    ///
    /// # Panics
    /// If the shared shop is one that the tests did not start.
    #[expect(clippy::expect_used, reason = "a test")]
    pub fn outlive_leeway(&self) {
        let statement = format!(
            "UPDATE refresh_tokens SET spent_at = spent_at - interval '11 seconds' WHERE session_id IN \
             (SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = '{}')",
            self.email
        );
        let _changed = shop().postgres.sql("userdb", &statement).expect("a changed time");
    }

    /// Adds, as an admin, a product of the category `desk` with this stock and price in USD.
    /// Returns its SKU.
    pub async fn add_product(&self, stock: i64, price: i64) -> String {
        let sku = format!("T-{}", &unique()[..12]);
        let body = json!({"sku": sku, "name": "Test thing", "description": "A thing.", "price": {"amount": price, "currency": "USD"}, "category": "desk"});
        let _created = self.post(ServiceName::Inventory, "/products", &body).await.expect(201);
        if stock > 0 {
            let path = format!("/products/{sku}/stock/adjustments");
            let request =
                self.request(Method::POST, ServiceName::Inventory, &path).header("Idempotency-Key", "first");
            let _booked =
                Answer::of(request.json(&json!({"delta": stock, "reason": "delivery"}))).await.expect(201);
        }
        sku
    }

    /// Reads, as an admin, `on_hand` and `reserved` of a SKU.
    ///
    /// # Panics
    /// If they are not numbers.
    pub async fn stock(&self, sku: &str) -> (i64, i64) {
        let stock =
            self.get(ServiceName::Inventory, &format!("/products/{sku}/stock")).await.expect(200).value();
        let number = |name: &str| stock.get(name).and_then(Value::as_i64).unwrap_or(i64::MIN);
        (number("on_hand"), number("reserved"))
    }
}
