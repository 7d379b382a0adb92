//! An order, as the service works on it.

use estore_contract::{
    Money, OrderId, PaymentMethodId, Sku, UserId,
    payment::{self, OrderCard, OrderFailure, OrderLine, OrderRequest, OrderStatus},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::{Refusal, State};

/// Tells one body from another under the same key: the SHA-256 of its RFC 8785 JSON (order-flow
/// section 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(pub String);

impl Fingerprint {
    /// Returns the fingerprint of the fields that the client sent.
    pub fn of(request: &impl Serialize) -> Result<Self, serde_json::Error> {
        let canonical = serde_json_canonicalizer::to_vec(request)?;
        Ok(Self(hex::encode(Sha256::digest(canonical))))
    }
}

/// An order line with its price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricedLine {
    pub sku: Sku,
    /// The product's name at the time of the hold.
    pub name: String,
    /// The number of units.
    pub quantity: u32,
    /// The price of a unit at the time of the hold.
    pub unit_price: Money,
    /// The price of the whole line.
    pub line_total: Money,
}

/// The part of a completed order that was returned, counted in units. A free unit can be returned
/// although no money is refunded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returned {
    Nothing,
    /// Some units.
    Part,
    /// All units.
    All,
}

/// An order as the store has it.
#[derive(Debug, Clone)]
pub struct Order {
    /// The order's id.
    pub id: OrderId,
    /// The order's owner.
    pub user: UserId,
    /// The request that made the order.
    pub request: OrderRequest,
    /// The order's state.
    pub state: State,
    /// Grows by one with every transition.
    pub version: u64,
    /// The number of attempts in this state.
    pub attempts: u32,
    /// The card's scheme and last four digits.
    pub card: (String, String),
    /// The priced lines and the total, once the stock is held.
    pub priced: Option<(Vec<PricedLine>, Money)>,
    /// The time at which the hold ends, by the store's clock.
    pub deadline: Option<OffsetDateTime>,
    /// The payment at the gateway, once its id is recorded.
    pub payment: Option<String>,
    /// True if the ledger has the order's authorization.
    pub has_authorization: bool,
    /// The reason why it failed.
    pub failure: Option<Refusal>,
    /// Refunded minor units.
    pub refunded: i64,
    /// The units that were returned.
    pub returned: Returned,
    /// Grows with every change of its refunds, and when its personal data is erased.
    pub refund_version: u64,
    /// The W3C `traceparent` of the request that made the order, if known.
    pub trace_context: Option<String>,
    /// The time of creation.
    pub created_at: OffsetDateTime,
    /// The time of the last change.
    pub updated_at: OffsetDateTime,
    /// The store's time when the order was read.
    pub now: OffsetDateTime,
}

impl Order {
    /// Returns the order's status as clients see it.
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

    /// Returns true if the order costs nothing and no payment was made for it: then no gateway is
    /// called. A free order that an earlier version brought to the gateway ends there.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.payment.is_none() && self.priced.as_ref().is_some_and(|(_, total)| total.is_zero())
    }

    /// Returns the id of the saved card.
    #[must_use]
    pub fn method(&self) -> PaymentMethodId {
        self.request.payment_method_id
    }

    /// Returns the order as its owner sees it.
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
            number: self.id.number(),
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
