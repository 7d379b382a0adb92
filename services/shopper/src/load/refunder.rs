//! The admin, who refunds, adds products and receives stock.

use std::sync::Arc;

use anyhow::Result;
use estore_base::random;
use estore_checker::history::{OpKind, Outcome};
use estore_contract::{OrderId, Sensitive, Sku, inventory::Adjustment};
use serde_json::{Map, Value, json};

use super::{
    answers,
    buyer::{PATIENCE, items},
    retries::Retries,
};
use crate::{
    client::{Account, Place, Request, ShopClient, address},
    history::History,
};

/// The number that gives the admin an address of its own.
const NUMBER: u32 = u32::MAX;

/// The admin of a shop.
pub struct Refunder {
    account: Account,
    history: Arc<History>,
    heeds: bool,
    retries: Retries,
}

/// The units of a refund.
#[derive(Debug, Clone, Copy)]
pub struct Back<'a> {
    /// The lines; `None` for all that is left.
    pub lines: Option<&'a [(Sku, u32)]>,
    /// True if the units are restocked.
    pub restock: bool,
}

impl Refunder {
    /// Logs the admin in.
    pub async fn login(
        shop: &ShopClient,
        email: &str,
        password: Sensitive,
        history: Arc<History>,
    ) -> Result<Self> {
        let account = Account::login(shop, email, password, address(NUMBER)).await?;
        Ok(Self { account, history, heeds: false, retries: Retries::default() })
    }

    /// Lets retries wait as long as the shop asks for.
    #[must_use]
    pub fn heeding(self) -> Self {
        Self { heeds: true, ..self }
    }

    /// Returns the account.
    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// Gets a new token.
    pub async fn refresh(&self) {
        self.account.refresh().await;
    }

    /// Sends a refund once, for the client `number`. A repeat has the same key and lines.
    pub async fn refund(&self, number: u32, order: OrderId, key: &str, back: Back<'_>) -> Outcome {
        let lines = back.lines.map(<[_]>::to_vec);
        let kind = OpKind::Refund { order, key: key.to_owned(), lines, restock: back.restock };
        let mut body = Map::from_iter([("restock".to_owned(), Value::Bool(back.restock))]);
        body.extend(back.lines.map(|lines| ("items".to_owned(), items(lines))));
        let request = Request::post(Place::Payment, format!("/orders/{order}/refunds"), &body);
        let id = self.history.invoke(number, kind);
        let answer = self.account.send(request.key(key).within(PATIENCE)).await;
        let outcome = answers::of_refund(&answer);
        if self.heeds && answers::is_forbidden(&outcome) {
            answers::log_forbidden(id, &outcome);
        }
        self.history.end(id, outcome.clone());
        if self.heeds {
            self.retries.wait(&answer, &outcome, true).await;
        }
        outcome
    }

    /// Adds a product of the category `desk` with this stock and price in USD.
    pub async fn add_product(&self, stock: i64, price: i64) -> Result<Sku> {
        let name: String = random::uuid_v4().simple().to_string().chars().take(12).collect();
        let sku: Sku = format!("T-{name}").parse()?;
        let body = json!({"sku": sku, "name": "Test thing", "description": "A thing.", "price": {"amount": price, "currency": "USD"}, "category": "desk"});
        let request = Request::post(Place::Inventory, "/products", &body);
        let _created: Value = self.account.ask("add a product", request, 201).await?;
        if stock > 0 {
            self.receive(&sku, stock, "first").await?;
        }
        Ok(sku)
    }

    /// Receives units of a product. A repeat has the same key.
    pub async fn receive(&self, sku: &Sku, units: i64, key: &str) -> Result<()> {
        let path = format!("/products/{sku}/stock/adjustments");
        let request = Request::post(Place::Inventory, path, &json!({"delta": units, "reason": "delivery"}));
        let _booked: Adjustment = self.account.ask("receive stock", request.key(key), 201).await?;
        Ok(())
    }
}
