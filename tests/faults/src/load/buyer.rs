//! Somebody who buys, and the admin who refunds.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result};
use estore_contract::{OrderId, PaymentMethodId, Sku, UserId, user::Tokens};
use estore_stage::ServiceName::{Payment, User};
use estore_tests::{Access, Answer, CARD, Customer, Mails, PASSWORD};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::answers;
use crate::history::{CardKind, History, OpKind, Outcome};

/// A card that every order declines.
const DECLINED: &str = "4000000000000002";
/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(8);
/// How long after an answer that told nothing it does anything else.
const AGAIN: Duration = Duration::from_millis(100);

/// An account whose token is made new when it is no longer taken.
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

    /// Sends what `request` makes; with a new token, where the old one was not taken.
    async fn send(
        &self,
        request: impl Fn(&Customer) -> estore_tests::RequestBuilder,
    ) -> Result<Answer, String> {
        let send = async || {
            let request = request(&self.customer()).timeout(PATIENCE);
            Answer::try_of(request).await.map_err(|error| error.to_string())
        };
        let first = send().await?;
        if first.status != 401 {
            return Ok(first);
        }
        self.login().await;
        send().await
    }
}

/// A customer with two cards, who writes down what happens.
pub struct Buyer {
    /// Which client of the history.
    pub number: u32,
    /// Whose account.
    pub user: UserId,
    account: Account,
    cards: [PaymentMethodId; 2],
    history: Arc<History>,
    forbidden: Mutex<Vec<String>>,
}

impl Buyer {
    /// Registers one.
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

    /// Orders, once. A repeat has the same key and lines.
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

    /// Cancels, once.
    pub async fn cancel(&self, order: OrderId) -> Outcome {
        let path = format!("/orders/{order}/cancel");
        self.record(OpKind::Cancel { order }, async || {
            let answer = self
                .account
                .send(|customer| customer.request(estore_tests::Method::POST, Payment, &path))
                .await;
            answers::of_order(answer)
        })
        .await
    }

    /// Reads, once.
    pub async fn read(&self, order: OrderId) -> Outcome {
        let path = format!("/orders/{order}");
        self.record(OpKind::Read { order }, async || {
            let answer = self
                .account
                .send(|customer| customer.request(estore_tests::Method::GET, Payment, &path))
                .await;
            answers::of_order(answer)
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
            // As clients do that were told to come again later.
            sleep(AGAIN).await;
        }
        outcome
    }

    /// The token that it got as it registered.
    pub fn refresh_token(&self) -> String {
        self.account.customer().refresh_token
    }

    /// Answers that no client may ever get, since this was last asked.
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
    /// Logs in.
    pub async fn login(access: &Access, history: Arc<History>) -> Self {
        let customer = Customer::admin(access).await;
        let account = Account { customer: Mutex::new(customer), password: access.admin.1.clone() };
        Self { account, history }
    }

    /// The account, to look at stock and to add products.
    pub fn customer(&self) -> Customer {
        self.account.customer()
    }

    /// A new token.
    pub async fn refresh(&self) {
        self.account.login().await;
    }

    /// Refunds, once, for the client `number`. A repeat has the same key and lines.
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
                customer
                    .request(estore_tests::Method::POST, Payment, &path)
                    .header("Idempotency-Key", key)
                    .json(&body)
            })
            .await;
        let outcome = answers::of_refund(answer);
        self.history.end(id, outcome.clone());
        outcome
    }
}
