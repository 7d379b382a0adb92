//! A buyer: a customer with two cards, who records each operation.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Result;
use estore_base::random;
use estore_checker::history::{CardKind, OpKind, Outcome};
use estore_client::NoAnswer;
use estore_contract::{OrderId, Sensitive, Sku, UserId, user::Profile};
use http::Method;
use serde_json::{Value, json};

use super::{answers, cards::Cards, retries::Retries};
use crate::{
    client::{Account, Answer, Place, Request, ShopClient, address},
    history::History,
};

/// The password of buyers whose accounts nobody uses again.
pub const PASSWORD: &str = "a password that is long enough";
/// The time that a client waits for an answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(8);

/// A customer with two cards, who records each operation.
pub struct Buyer {
    /// The number of the client in the history.
    pub number: u32,
    /// The user id of the account.
    pub user: UserId,
    account: Account,
    cards: Cards,
    history: Arc<History>,
    forbidden: Mutex<Vec<String>>,
    /// True if a retry waits as long as the answer says, as a good client does. Tests of faults
    /// retry sooner.
    heeds: bool,
    retries: Retries,
}

impl Buyer {
    /// Registers a buyer.
    pub async fn register(number: u32, shop: &ShopClient, history: Arc<History>) -> Result<Self> {
        let email = format!("{}@example.com", random::uuid_v4().simple());
        let account = Account::register(shop, &email, PASSWORD.into(), address(number)).await?;
        Self::of(number, account, history).await
    }

    /// Makes a buyer of an account. Saves the cards that it does not have yet.
    pub async fn of(number: u32, account: Account, history: Arc<History>) -> Result<Self> {
        let me: Profile = account.ask("read the account", Request::get(Place::User, "/me"), 200).await?;
        let cards = Cards::of(&account).await?;
        let (user, forbidden, retries) = (me.id, Mutex::default(), Retries::default());
        Ok(Self { number, user, account, cards, history, forbidden, heeds: false, retries })
    }

    /// Lets retries wait as long as the shop asks for. Nobody asks such a buyer for its forbidden
    /// answers, so the log has them.
    #[must_use]
    pub fn heeding(self) -> Self {
        Self { heeds: true, ..self }
    }

    /// Sends an order once. A repeat has the same key and lines.
    pub async fn order(&self, key: &str, lines: &[(Sku, u32)], card: CardKind) -> Outcome {
        let kind = OpKind::Order { user: self.user, key: key.to_owned(), lines: lines.to_vec(), card };
        let body = json!({"items": items(lines), "payment_method_id": self.cards.id(card)});
        let request = Request::post(Place::Payment, "/orders", &body).key(key);
        self.record(kind, request).await
    }

    /// Sends a cancel once.
    pub async fn cancel(&self, order: OrderId) -> Outcome {
        let request = Request::new(Method::POST, Place::Payment, format!("/orders/{order}/cancel"));
        self.record(OpKind::Cancel { order }, request).await
    }

    /// Reads an order once.
    pub async fn read(&self, order: OrderId) -> Outcome {
        let request = Request::get(Place::Payment, format!("/orders/{order}"));
        self.record(OpKind::Read { order }, request).await
    }

    /// Sends a request that the history does not have.
    pub(crate) async fn send(&self, request: Request) -> Result<Answer, NoAnswer> {
        self.account.send(request.within(PATIENCE)).await
    }

    /// Returns the account.
    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// Returns true if the buyer cannot log in any more.
    pub(crate) fn is_shut_out(&self) -> bool {
        self.account.is_shut_out()
    }

    async fn record(&self, kind: OpKind, request: Request) -> Outcome {
        let id = self.history.invoke(self.number, kind);
        let answer = self.send(request).await;
        let outcome = answers::of_order(&answer);
        if answers::is_forbidden(&outcome) {
            if self.heeds {
                answers::log_forbidden(id, &outcome);
            } else {
                let line = format!("operation #{id} was answered with what no client may be told: {outcome}");
                self.forbidden.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        }
        self.history.end(id, outcome.clone());
        self.retries.wait(&answer, &outcome, self.heeds).await;
        outcome
    }

    /// Returns the current refresh token.
    pub fn refresh_token(&self) -> Sensitive {
        self.account.refresh_token()
    }

    /// Returns the forbidden answers since the last call.
    pub fn forbidden(&self) -> Vec<String> {
        std::mem::take(&mut self.forbidden.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Returns the lines as the body of an order or a refund has them.
pub(super) fn items(lines: &[(Sku, u32)]) -> Value {
    lines.iter().map(|(sku, quantity)| json!({"sku": sku, "quantity": quantity})).collect()
}
