//! An order, as the service works on it.

use estore_contract::{
    Money, OrderId, PaymentMethodId, Sku, UserId,
    payment::{self, OrderCard, OrderFailure, OrderLine, OrderRequest, OrderStatus},
};
use estore_kit::trace::Cause;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::{Refusal, State};

/// What tells one body from another under the same key: SHA-256 of its RFC 8785 JSON (order-flow section 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(pub String);

impl Fingerprint {
    /// Of the fields that the client sent.
    pub fn of(request: &impl Serialize) -> Result<Self, serde_json::Error> {
        let canonical = serde_json_canonicalizer::to_vec(request)?;
        Ok(Self(hex::encode(Sha256::digest(canonical))))
    }
}

/// One line with its price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricedLine {
    /// What.
    pub sku: Sku,
    /// Its name when it was held.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// Its price when it was held.
    pub unit_price: Money,
    /// What the line costs.
    pub line_total: Money,
}

/// What came back of a completed order, counted in pieces: a free piece comes back although no money does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returned {
    /// Nothing.
    Nothing,
    /// Some of it.
    Part,
    /// Everything.
    All,
}

/// An order as the store has it.
#[derive(Debug, Clone)]
pub struct Order {
    /// Which.
    pub id: OrderId,
    /// Whose.
    pub user: UserId,
    /// What was asked for.
    pub request: OrderRequest,
    /// Where it stands.
    pub state: State,
    /// Grows by one with every transition.
    pub version: u64,
    /// How often it was tried in this state.
    pub attempts: u32,
    /// The card's scheme and last four digits.
    pub card: (String, String),
    /// What it costs, once the stock is held.
    pub priced: Option<(Vec<PricedLine>, Money)>,
    /// When the hold ends, by the store's clock.
    pub deadline: Option<OffsetDateTime>,
    /// The payment at the gateway, once its id is noted.
    pub payment: Option<String>,
    /// Whether the ledger has its authorization.
    pub has_authorization: bool,
    /// Why it failed.
    pub failure: Option<Refusal>,
    /// Minor units that went back.
    pub refunded: i64,
    /// What came back.
    pub returned: Returned,
    /// Grows with every change of its refunds.
    pub refund_version: u64,
    /// Which trace asked for it; `None` where none is known.
    pub cause: Option<Cause>,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it last changed.
    pub updated_at: OffsetDateTime,
    /// The store's time when this was read.
    pub now: OffsetDateTime,
}

impl Order {
    /// Where it stands, for clients.
    #[must_use]
    pub fn status(&self) -> OrderStatus {
        match (self.state, self.returned) {
            (State::Cancelled, _) => OrderStatus::Cancelled,
            (State::Completed, Returned::Nothing) => OrderStatus::Completed,
            (State::Completed, Returned::Part) => OrderStatus::PartiallyRefunded,
            (State::Completed, Returned::All) => OrderStatus::Refunded,
            _ => OrderStatus::Pending,
        }
    }

    /// Whether it costs nothing, and no gateway has heard of it: then none will. One that an earlier version brought to the
    /// gateway ends there.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.payment.is_none() && self.priced.as_ref().is_some_and(|(_, total)| total.is_zero())
    }

    /// Which card.
    #[must_use]
    pub fn method(&self) -> PaymentMethodId {
        self.request.payment_method_id
    }

    /// What its owner sees.
    #[must_use]
    pub fn view(&self) -> payment::Order {
        let items = match &self.priced {
            Some((lines, _)) => lines.iter().map(priced_line).collect(),
            None => self
                .request
                .items
                .iter()
                .map(|item| OrderLine {
                    sku: item.sku.clone(),
                    name: None,
                    quantity: item.quantity.get(),
                    unit_price: None,
                    line_total: None,
                })
                .collect(),
        };
        let total = self.priced.as_ref().map(|(_, total)| *total);
        let (brand, last4) = self.card.clone();
        payment::Order {
            id: self.id,
            status: self.status(),
            items,
            total,
            payment_method: OrderCard { id: self.method(), brand, last4 },
            refunded: total.map(|total| Money::new(self.refunded, total.currency)),
            failure: self
                .failure
                .as_ref()
                .map(|failure| OrderFailure { code: failure.code.clone(), message: failure.message.clone() }),
            shipping_address: self.request.shipping_address.clone(),
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

fn priced_line(line: &PricedLine) -> OrderLine {
    OrderLine {
        sku: line.sku.clone(),
        name: Some(line.name.clone()),
        quantity: line.quantity,
        unit_price: Some(line.unit_price),
        line_total: Some(line.line_total),
    }
}
