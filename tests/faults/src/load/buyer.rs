//! A buyer, and the admin who refunds.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result};
use estore_contract::{OrderId, PaymentMethodId, Sku, UserId, user::Tokens};
use estore_testbed::ServiceName::{Payment, User};
use estore_tests::{Access, Answer, CARD, Customer, Mails, Method, PASSWORD};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::answers;
use crate::history::{CardKind, History, OpKind, Outcome};

/// A card that the gateway declines for every order.
const DECLINED: &str = "4000000000000002";
/// The time that a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(8);
/// The pause after an answer with an unknown outcome.
const AGAIN: Duration = Duration::from_millis(100);

/// An account that gets a new token when its token is rejected.
struct Account {
    customer: Mutex<Customer>,
    password: String,
}

impl Account {
    fn customer(&self) -> Customer {
        self.customer.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn login(&self) {
        let customer = self.customer();
        let body = json!({"email": customer.email, "password": self.password});
        let request = customer.access.http.post(customer.access.url(User, "/login")).json(&body);
        if let Ok(answer) = Answer::try_of(request.timeout(PATIENCE)).await
            && let Ok(tokens) = serde_json::from_str::<Tokens>(&answer.text)
        {
            let mut kept = self.customer.lock().unwrap_or_else(PoisonError::into_inner);
            tokens.access_token.expose().clone_into(&mut kept.access_token);
        }
    }

    /// Sends the request that `request` builds, and sends it again with a new token if the old one
    /// is rejected.
    async fn send(
        &self,
        request: impl Fn(&Customer) -> estore_tests::RequestBuilder,
    ) -> Result<Answer, String> {
        let first = self.exchange(&request).await?;
        if first.status != 401 {
            return Ok(first);
        }
        self.login().await;
        self.exchange(&request).await
    }

    /// Sends the request once, and again if the server closed the kept connection meanwhile. By RFC
    /// 9112 (section 9.3.1), any server may do so as a request is sent. Browsers and most clients
    /// then repeat an idempotent request, which all requests here are.
    async fn exchange(
        &self,
        request: impl Fn(&Customer) -> estore_tests::RequestBuilder,
    ) -> Result<Answer, String> {
        let once = async || Answer::try_of(request(&self.customer()).timeout(PATIENCE)).await;
        let answer = match once().await {
            Err(error) if error.is_request() && !error.is_connect() && !error.is_timeout() => once().await,
            answer => answer,
        };
        // With its causes: reqwest's own message names none.
        answer.map_err(|error| format!("{:#}", anyhow::Error::from(error)))
    }
}

/// A customer with two cards, who records each operation.
pub struct Buyer {
    /// The number of the client in the history.
    pub number: u32,
    /// The user id of the account.
    pub user: UserId,
    account: Account,
    cards: [PaymentMethodId; 2],
    history: Arc<History>,
    forbidden: Mutex<Vec<String>>,
}

impl Buyer {
    /// Registers a buyer.
    pub async fn register<'a>(
        number: u32,
        access: &Access,
        mails: impl Into<Mails<'a>>,
        history: Arc<History>,
    ) -> Result<Self> {
        let customer = Customer::register(access, mails).await;
        let cards = [customer.save_card(CARD).await, customer.save_card(DECLINED).await];
        let me = customer.get(User, "/me").await.expect(200).value();
        let user = me.get("id").and_then(Value::as_str).context("an id")?.parse()?;
        let account = Account { customer: Mutex::new(customer), password: PASSWORD.to_owned() };
        Ok(Self { number, user, account, cards, history, forbidden: Mutex::default() })
    }

    /// Sends an order once. A repeat has the same key and lines.
    pub async fn order(&self, key: &str, lines: &[(Sku, u32)], card: CardKind) -> Outcome {
        let kind = OpKind::Order { user: self.user, key: key.to_owned(), lines: lines.to_vec(), card };
        let items: Vec<Value> =
            lines.iter().map(|(sku, quantity)| json!({"sku": sku, "quantity": quantity})).collect();
        let [good, declined] = self.cards;
        let card = if card == CardKind::Good { good } else { declined };
        let body = json!({"items": items, "payment_method_id": card});
        self.record(kind, async || {
            answers::of_order(self.account.send(|customer| customer.order_request(key, &body)).await)
        })
        .await
    }

    /// Sends a cancel once.
    pub async fn cancel(&self, order: OrderId) -> Outcome {
        let path = format!("/orders/{order}/cancel");
        self.request(OpKind::Cancel { order }, &Method::POST, &path).await
    }

    /// Reads an order once.
    pub async fn read(&self, order: OrderId) -> Outcome {
        let path = format!("/orders/{order}");
        self.request(OpKind::Read { order }, &Method::GET, &path).await
    }

    async fn request(&self, kind: OpKind, method: &Method, path: &str) -> Outcome {
        self.record(kind, async || {
            let request = |customer: &Customer| customer.request(method.clone(), Payment, path);
            answers::of_order(self.account.send(request).await)
        })
        .await
    }

    async fn record(&self, kind: OpKind, send: impl AsyncFnOnce() -> Outcome) -> Outcome {
        let id = self.history.invoke(self.number, kind);
        let outcome = send().await;
        if answers::is_forbidden(&outcome) {
            let line = format!("operation #{id} was answered with what no client may be told: {outcome}");
            self.forbidden.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
        self.history.end(id, outcome.clone());
        if matches!(outcome, Outcome::Unknown { .. }) {
            // Waits, as a client does that must retry later.
            sleep(AGAIN).await;
        }
        outcome
    }

    /// Returns the refresh token from the registration.
    pub fn refresh_token(&self) -> String {
        self.account.customer().refresh_token
    }

    /// Returns the forbidden answers since the last call.
    pub fn forbidden(&self) -> Vec<String> {
        std::mem::take(&mut self.forbidden.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The admin, who refunds.
pub struct Refunder {
    account: Account,
    history: Arc<History>,
}

impl Refunder {
    /// Logs the admin in.
    pub async fn login(access: &Access, history: Arc<History>) -> Self {
        let customer = Customer::admin(access).await;
        let account = Account { customer: Mutex::new(customer), password: access.admin.1.clone() };
        Self { account, history }
    }

    /// Returns the account, to look at stock and to add products.
    pub fn customer(&self) -> Customer {
        self.account.customer()
    }

    /// Gets a new token.
    pub async fn refresh(&self) {
        self.account.login().await;
    }

    /// Sends a refund once, for the client `number`. A repeat has the same key and lines.
    pub async fn refund(
        &self,
        number: u32,
        order: OrderId,
        key: &str,
        lines: Option<&[(Sku, u32)]>,
        restock: bool,
    ) -> Outcome {
        let kind = OpKind::Refund { order, key: key.to_owned(), lines: lines.map(<[_]>::to_vec), restock };
        let mut body = json!({"restock": restock});
        if let (Some(lines), Some(body)) = (lines, body.as_object_mut()) {
            let items = lines.iter().map(|(sku, quantity)| json!({"sku": sku, "quantity": quantity}));
            body.insert("items".to_owned(), items.collect());
        }
        let path = format!("/orders/{order}/refunds");
        let id = self.history.invoke(number, kind);
        let answer = self
            .account
            .send(|customer| {
                customer.request(Method::POST, Payment, &path).header("Idempotency-Key", key).json(&body)
            })
            .await;
        let outcome = answers::of_refund(answer);
        self.history.end(id, outcome.clone());
        outcome
    }
}
