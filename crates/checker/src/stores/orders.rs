//! Orders and refunds, as Payment keeps them.

use std::collections::BTreeMap;

use estore_contract::{
    Currency, Money, PaymentMethodId, Sku, UserId,
    payment::{OrderRequest, OrderStatus, ShippingAddress, TransactionType},
};
use serde::Deserialize;

use super::{
    fields::{Fields, Misread},
    states::{OrderState, RefundState, Step, steps},
};

/// The SKU of the line that stands for lost lines.
const LOST: &str = "LOST";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The buyer.
    pub user: UserId,
    /// The lines as requested: lines of one SKU are not summed.
    pub asked: Vec<(Sku, i64)>,
    /// The card that pays.
    pub method: PaymentMethodId,
    /// The current state.
    pub state: OrderState,
    pub version: i64,
    /// The price, after the stock is held.
    pub price: Option<Price>,
    /// The refunded amount, in minor units.
    pub refunded: i64,
    /// The time of creation, in ms by the store's clock.
    pub created_at: i64,
    /// The time of the last change, in ms by the store's clock.
    pub updated_at: i64,
    /// The code of the recorded refusal.
    pub failure: Option<String>,
    /// The number of refunds that got a number.
    pub refunds: i64,
    /// The refund number of each key.
    pub keys: BTreeMap<String, i64>,
    /// The order's own count of its ledger entries, by type.
    pub counts: Vec<(TransactionType, i64)>,
    /// True if the order tells who bought: by the address for emails, or by the shipping address.
    pub personal: bool,
    /// The shipping address.
    pub address: Option<ShippingAddress>,
    /// Every transition.
    pub log: Vec<Step<OrderState>>,
}

/// The price of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// Its lines, one for each SKU.
    pub lines: Vec<Line>,
    /// The total, in minor units.
    pub amount: i64,
    /// The currency of the total.
    pub currency: Currency,
}

/// A line of an order, priced when its stock was held.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Line {
    pub sku: Sku,
    /// The product's name.
    pub name: String,
    /// The number of units.
    pub quantity: i64,
    pub unit_price: Money,
    /// The price of all units.
    pub line_total: Money,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// The current state.
    pub state: RefundState,
    pub version: i64,
    /// Its Idempotency-Key.
    pub key: String,
    /// The lines to refund.
    pub lines: Vec<(Sku, i64)>,
    /// In minor units.
    pub amount: i64,
    /// The currency of the amount.
    pub currency: Currency,
    /// True if the units are restocked.
    pub restock: bool,
    /// The time of the request, in ms by the store's clock.
    pub created_at: i64,
    /// Every transition.
    pub log: Vec<Step<RefundState>>,
}

impl Order {
    /// Returns the status for clients, given its refunds. A free unit can be refunded without
    /// money. A refund that was found after a restore names no lines, so that the money counts.
    #[must_use]
    pub fn status<'a>(&self, refunds: impl Iterator<Item = &'a Refund>) -> OrderStatus {
        let paid: Vec<&Refund> = refunds.filter(|refund| refund.state.is_paid()).collect();
        let bought: i64 = self.price.iter().flat_map(|price| &price.lines).map(|line| line.quantity).sum();
        let back: i64 = paid.iter().flat_map(|refund| &refund.lines).map(|(_, units)| units).sum();
        let all = if paid.iter().any(|refund| refund.lines.is_empty()) {
            self.price.as_ref().is_some_and(|price| self.refunded >= price.amount)
        } else {
            back >= bought
        };
        match self.state {
            OrderState::Cancelled => OrderStatus::Cancelled,
            OrderState::Completed if paid.is_empty() => OrderStatus::Completed,
            OrderState::Completed if all => OrderStatus::Refunded,
            OrderState::Completed => OrderStatus::PartiallyRefunded,
            _ => OrderStatus::Pending,
        }
    }

    /// Returns true if the order was lost and found again at the gateway, which does not know its
    /// lines (order-flow section 7). A stale store may have the request, but no prices: then one
    /// line stands for all.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        let lines = self.price.as_ref().map_or(&[][..], |price| price.lines.as_slice());
        let is_unknown = matches!(lines, [line] if line.sku.as_str() == LOST);
        (self.asked.is_empty() || is_unknown) && self.failure.as_deref() == Some("order_lost")
    }

    /// Returns true if the total is known to be 0. Then the gateway has no payment, and the ledger
    /// has no entry. Earlier versions made both, of 0.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.price.as_ref().is_some_and(|price| price.amount == 0)
    }

    pub(super) fn of(fields: &Fields<'_>, log: &[String], keys: &Fields<'_>) -> Result<Self, Misread> {
        // Without the value, which is personal.
        let wrong = |_| fields.misread("request does not parse");
        let request = OrderRequest::kept(fields.text("request")?).map_err(wrong)?;
        if request.payment_method_id != fields.parsed("method")? {
            return Err(fields.wrong("method"));
        }
        let told = ["email", "locale", "name"].iter().any(|name| fields.maybe_text(name).is_some());
        let personal = told || request.shipping_address.is_some();
        // Price and currency are written together with the lines.
        let price = match ["lines", "amount", "currency"].map(|name| fields.maybe_text(name).is_some()) {
            [false, false, false] => None,
            _ => Some(Price {
                lines: fields.json("lines")?,
                amount: fields.number("amount")?,
                currency: fields.currency("currency")?,
            }),
        };
        let kinds = [
            ("count:authorization", TransactionType::Authorization),
            ("count:capture", TransactionType::Capture),
            ("count:void", TransactionType::Void),
            ("count:refund", TransactionType::Refund),
        ];
        Ok(Self {
            user: fields.parsed("user")?,
            asked: request.items.into_iter().map(|item| (item.sku, i64::from(item.quantity.get()))).collect(),
            method: request.payment_method_id,
            state: fields.word("status")?,
            version: fields.number("version")?,
            price,
            refunded: fields.number("refunded")?,
            created_at: fields.number("created_at")?,
            updated_at: fields.number("updated_at")?,
            failure: fields
                .maybe_text("failure")
                .map(|_| fields.json::<Failure>("failure"))
                .transpose()?
                .map(|failure| failure.code),
            refunds: fields.count("refunds")?,
            keys: keys
                .map
                .keys()
                .map(|key| Ok((key.clone(), keys.number(key)?)))
                .collect::<Result<_, _>>()?,
            counts: kinds
                .into_iter()
                .map(|(name, kind)| Ok((kind, fields.count(name)?)))
                .collect::<Result<_, _>>()?,
            personal,
            address: request.shipping_address,
            log: steps(fields.subject, log)?,
        })
    }
}

/// The stored part of a refusal.
#[derive(Deserialize)]
struct Failure {
    code: String,
}

impl Refund {
    /// Returns true if the refund was found at the gateway after a restore, which does not know its
    /// lines.
    #[must_use]
    pub fn is_found(&self) -> bool {
        self.lines.is_empty() && self.key.starts_with("restored:")
    }

    pub(super) fn of(fields: &Fields<'_>, log: &[String]) -> Result<Self, Misread> {
        Ok(Self {
            state: fields.word("status")?,
            version: fields.number("version")?,
            key: fields.text("key")?.to_owned(),
            lines: fields.text("lines").and_then(|_| fields.units("lines"))?,
            amount: fields.number("amount")?,
            currency: fields.currency("currency")?,
            restock: match fields.text("restock")? {
                "1" => true,
                "0" => false,
                _ => return Err(fields.wrong("restock")),
            },
            created_at: fields.number("created_at")?,
            log: steps(fields.subject, log)?,
        })
    }
}
