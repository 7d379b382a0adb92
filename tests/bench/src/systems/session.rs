//! An admin's session at the store or the twin, and its requests.

use anyhow::{Context, Result};
use serde_json::json;

use super::{
    http::must,
    reading::{ORDERED, PAGE, Reader, items, key, text},
};
use crate::{
    load::{KEY, MADE, Plan, Request},
    paths::Path,
};

/// The admin of a development store, and of the twin.
const ADMIN: (&str, &str) = ("admin@example.com", "correct-horse-battery-staple");
/// The card of the seed's own example.
const NUMBER: &str = "15346781053311236";
/// The number of orders that a session places at its start: more than a page of them.
pub(crate) const PREPARED: u64 = PAGE as u64 + 1;
/// Search queries with results in the catalogue of [`crate::catalogue`].
const SEARCHES: [&str; 4] = ["copper+kettle", "oak", "foldable+chair", "linen+towel"];

/// A caller with a token, a card and the SKUs of the catalogue.
pub(crate) struct Session {
    user: u16,
    inventory: u16,
    payment: u16,
    token: String,
    card: String,
    skus: Vec<String>,
    categories: Vec<String>,
}

impl Session {
    /// Logs in, reads the catalogue, saves a card and places enough orders for a page of them.
    pub(crate) async fn begin([user, inventory, payment]: [u16; 3]) -> Result<Self> {
        let token = login(user).await?;
        let reader = Reader { port: inventory, token: &token };
        let (skus, categories) = (reader.skus().await?, reader.categories().await?);
        let card = String::new();
        let mut session = Self { user, inventory, payment, token, card, skus, categories };
        // Removes the cards of earlier sessions to make room for one more.
        session.refresh().await?;
        let saved = must(payment, &session.saving(), 201).await?;
        text(&saved, "id").context("the id of the card")?.clone_into(&mut session.card);
        for _ in 0..PREPARED {
            must(payment, &session.order(0).with("Idempotency-Key", key()), 201).await?;
        }
        Ok(session)
    }

    /// Gets a new token, and deletes the cards that interrupted runs left behind.
    pub(crate) async fn refresh(&mut self) -> Result<()> {
        self.token = login(self.user).await?;
        loop {
            let list = Request::get("/payment-methods?limit=100").bearing(&self.token);
            let page = must(self.payment, &list, 200).await?;
            let ids = items(&page).iter().filter_map(|card| text(card, "id"));
            let left: Vec<&str> = ids.filter(|id| *id != self.card).collect();
            if left.is_empty() {
                return Ok(());
            }
            for id in left {
                must(self.payment, &self.removal(id), 204).await?;
            }
        }
    }

    /// Returns the requests of a path.
    pub(crate) fn plan(&self, path: Path) -> Plan {
        let get = |path: String| Request::get(path).bearing(&self.token);
        let page = format!("limit={PAGE}");
        let (port, requests, undo) = match path {
            Path::Product => {
                let all = self.skus.iter().map(|sku| get(format!("/products/{sku}")));
                (self.inventory, all.collect(), None)
            }
            Path::List => {
                let all = self.categories.iter();
                let all = all.map(|slug| get(format!("/products?category={slug}&{page}&sort=price")));
                (self.inventory, all.collect(), None)
            }
            Path::Search => {
                let all = SEARCHES.map(|words| get(format!("/products?q={words}&{page}")));
                (self.inventory, all.to_vec(), None)
            }
            Path::Me => (self.user, vec![get("/me".to_owned())], None),
            Path::Orders => (self.payment, vec![get(format!("/orders?{page}"))], None),
            Path::Card => (self.payment, vec![self.saving()], Some(self.removal(MADE))),
            Path::Order => {
                let all = (0..self.skus.len().min(ORDERED)).map(|at| self.order(at));
                (self.payment, all.map(|order| order.with("Idempotency-Key", KEY)).collect(), None)
            }
            Path::Login => (self.user, vec![credentials()], None),
        };
        Plan { port, connections: path.connections(), expected: path.expected(), requests, undo }
    }

    fn saving(&self) -> Request {
        let details = json!({"card_number": NUMBER, "expiry_month": 12, "expiry_year": 2029, "cvc": "123"});
        let body = json!({"payment_type": "Card", "details": details});
        Request::post("/payment-methods", &body).bearing(&self.token)
    }

    fn removal(&self, id: &str) -> Request {
        Request::delete(format!("/payment-methods/{id}")).bearing(&self.token)
    }

    fn order(&self, at: usize) -> Request {
        let items = json!([{"sku": self.skus.get(at), "quantity": 1}]);
        let body = json!({"items": items, "payment_method_id": self.card});
        Request::post("/orders", &body).bearing(&self.token)
    }
}

fn credentials() -> Request {
    let (email, password) = ADMIN;
    Request::post("/login", &json!({"email": email, "password": password}))
}

async fn login(port: u16) -> Result<String> {
    let tokens = must(port, &credentials(), 200).await?;
    Ok(text(&tokens, "access_token").context("an access token")?.to_owned())
}
