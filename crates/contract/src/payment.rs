//! The wire types of the Payment Service.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{
    Money, OrderId, OrderNumber, PaymentMethodId, Quantity, Sku, UserId,
    card::{CardNumber, Cvc},
    names::named,
    shipping_address::KeptShippingAddress,
    text::ShortText,
};

pub use crate::shipping_address::ShippingAddress;

/// The kind of payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum PaymentType {
    /// Payment by card.
    Card,
}

/// The body of `POST /payment-methods`, as in the seed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "payment_type": "Card",
    "details": {"card_number": "4242424242424242", "expiry_month": 12, "expiry_year": 2029, "cvc": "123"}
}))]
pub struct PaymentMethodRequest {
    /// `Card`.
    pub payment_type: PaymentType,
    /// The card.
    pub details: CardDetails,
}

/// A card, as its owner types it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardDetails {
    /// The card number.
    pub card_number: CardNumber,
    /// The last month in which the card is valid.
    #[schema(minimum = 1, maximum = 12)]
    pub expiry_month: u8,
    /// The year of that month.
    #[schema(minimum = 2000, maximum = 2100)]
    pub expiry_year: u16,
    /// The security code on the back of the card. It is used once and never stored.
    pub cvc: Cvc,
}

/// A saved card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaymentMethod {
    /// The id of the saved card.
    pub id: PaymentMethodId,
    /// `Card`.
    pub payment_type: PaymentType,
    /// The visible details of the card.
    pub details: CardView,
    /// The time at which the card was saved.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// The visible details of a card. Never shows more of the number than the last four digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CardView {
    /// `visa`, `mastercard`, …, or `unknown`.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// The last month in which the card is valid.
    pub expiry_month: u8,
    /// The year of that month.
    pub expiry_year: u16,
}

/// The body of `POST /orders`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "items": [{"sku": "MUG-ENAMEL-01", "quantity": 2}],
    "payment_method_id": "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01",
    "expected_total": {"amount": 2980, "currency": "USD"}
}))]
pub struct OrderRequest {
    /// The lines to order.
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<OrderItem>,
    /// The saved card that pays.
    pub payment_method_id: PaymentMethodId,
    /// The total that the client expects. The order is rejected if the real total differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_total: Option<Money>,
    /// The address to which the order is shipped. Stored with the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<ShippingAddress>,
}

impl OrderRequest {
    /// Reads a request as stored. Its address was accepted earlier, under the rules of that time.
    pub fn kept(json: &str) -> Result<Self, serde_json::Error> {
        let mut fields: Map<String, Value> = serde_json::from_str(json)?;
        let address = fields.remove("shipping_address");
        let request: Self = serde_json::from_value(Value::Object(fields))?;
        let address =
            address.map(serde_json::from_value::<Option<KeptShippingAddress>>).transpose()?.flatten();
        Ok(Self { shipping_address: address.map(ShippingAddress::from), ..request })
    }
}

/// One line of a new order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderItem {
    /// The SKU to order.
    pub sku: Sku,
    /// The number of units.
    pub quantity: Quantity,
}

named! {
    /// The state of an order, as clients see it.
    pub enum OrderStatus {
        /// In progress.
        Pending = "pending",
        /// The stock is sold, and the payment captured if the order costs anything.
        Completed = "completed",
        /// Undone: its payment is never captured later. If it was captured before, which can be so
        /// only after a restore of the shop's data, it is refunded in full.
        Cancelled = "cancelled",
        /// All units are refunded, free ones included.
        Refunded = "refunded",
        /// Some units are refunded.
        PartiallyRefunded = "partially_refunded",
    }
}

/// An order as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Order {
    /// The order's id.
    pub id: OrderId,
    /// The order's number, for people. Each path that takes the id also takes the number.
    pub number: OrderNumber,
    /// The state of the order.
    pub status: OrderStatus,
    /// The lines of the order.
    pub items: Vec<OrderLine>,
    /// The total price; `null` until the order is priced.
    pub total: Option<Money>,
    /// The card that pays.
    pub payment_method: OrderCard,
    /// The amount refunded; `null` until the order is priced.
    pub refunded: Option<Money>,
    /// The reason why the order is cancelled. `null` if it is not, if its customer or an admin
    /// cancelled it, or if its account was closed.
    pub failure: Option<OrderFailure>,
    /// The address to which the order is shipped.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "ShippingAddress::deserialize_kept_if_any"
    )]
    pub shipping_address: Option<ShippingAddress>,
    /// The time at which the order was created.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// The time of the last change.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

named! {
    /// A step on the way of an order.
    pub enum OrderStep {
        /// The order exists. Nothing is held yet.
        Accepted = "accepted",
        /// The stock is held.
        Reserved = "reserved",
        /// The payment is authorized, if the order costs anything, and the stock is being sold.
        Confirming = "confirming",
        /// The stock is sold, and the payment captured if the order costs anything. Final.
        Completed = "completed",
        /// The order is being undone, and is never captured.
        Cancelling = "cancelling",
        /// The order is undone. Final.
        Cancelled = "cancelled",
    }
}

/// The time at which an order took a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TimelineEntry {
    /// The step.
    pub state: OrderStep,
    /// The time of the step.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// An order with the steps that it took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderWithTimeline {
    /// The order.
    #[serde(flatten)]
    pub order: Order,
    /// The order's owner. Replicas of the previous release omit it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The steps that the order took, oldest first.
    pub timeline: Vec<TimelineEntry>,
}

/// One line of an order. Name and prices date from the hold on the stock, and are `null` until
/// then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderLine {
    /// The SKU ordered.
    pub sku: Sku,
    /// The product's name.
    pub name: Option<String>,
    /// The number of units.
    pub quantity: u32,
    /// The price of one unit.
    pub unit_price: Option<Money>,
    /// The price of the line.
    pub line_total: Option<Money>,
}

/// The card of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderCard {
    /// The id of the saved card.
    pub id: PaymentMethodId,
    /// `visa`, `mastercard`, …, or `unknown`.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
}

/// The reason for which an order failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderFailure {
    /// The error code.
    pub code: String,
    /// The explanation, for people.
    pub message: String,
}

named! {
    /// The kind of a ledger entry.
    pub enum TransactionType {
        /// The money is authorized.
        Authorization = "authorization",
        /// The money is captured.
        Capture = "capture",
        /// The authorized money is released.
        Void = "void",
        /// The money is refunded.
        Refund = "refund",
    }
}

/// The body of `POST /orders/{id}/refunds`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"items": [{"sku": "MUG-ENAMEL-01", "quantity": 1}], "reason": "came broken", "restock": false}))]
pub struct RefundRequest {
    /// The lines to refund. If omitted, everything that is not refunded yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 100)]
    pub items: Option<Vec<OrderItem>>,
    /// The reason for the refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ShortText>,
    /// True if the units can be sold again.
    #[serde(default)]
    pub restock: bool,
    /// The highest number of a refund that the client has seen. Only needed if the order has
    /// refunds that were restored from the gateway: one of them may be an earlier try of this
    /// request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub refunds_seen: Option<u32>,
}

named! {
    /// The state of a refund.
    pub enum RefundStatus {
        /// In progress; it continues without another request.
        Pending = "pending",
        /// The money is on its way back to the card, and the units are restocked if requested.
        Completed = "completed",
        /// Rejected by the payment gateway.
        Failed = "failed",
    }
}

/// A refund of an order, in full or in part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Refund {
    /// The order's id.
    pub order_id: OrderId,
    /// The number of the refund within its order, from 1.
    pub number: u32,
    /// The state of the refund.
    pub status: RefundStatus,
    /// The amount to refund.
    pub amount: Money,
    /// The units refunded.
    pub items: Vec<RefundLine>,
    /// True if the units can be sold again.
    pub restock: bool,
    /// The reason for the refund.
    pub reason: Option<String>,
    /// The gateway's error code, if the refund failed.
    pub failure: Option<String>,
    /// The time at which the refund was requested.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// The time of the last change.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// One line of a refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefundLine {
    /// The SKU refunded.
    pub sku: Sku,
    /// The number of units.
    pub quantity: u32,
}

/// The answer of `GET /orders/{id}/refunds`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefundList {
    /// The refunds, oldest first.
    pub items: Vec<Refund>,
}

named! {
    /// An account of the ledger. Each entry moves money from one account to another.
    pub enum Account {
        /// The customer's own money.
        Customer = "customer",
        /// Money authorized for the shop.
        Authorized = "authorized",
        /// The shop's money.
        Shop = "shop",
    }
}

/// An entry in the double-entry ledger: it debits the amount to one account and credits it to
/// another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Transaction {
    /// The id of the entry.
    pub id: String,
    /// The kind of the entry.
    #[serde(rename = "type")]
    pub kind: TransactionType,
    /// The order's id.
    pub order_id: OrderId,
    /// The amount moved.
    pub amount: Money,
    /// The account that receives the money.
    pub debit: Account,
    /// The account that gives the money.
    pub credit: Account,
    /// The number of the refund within its order, if the entry is a refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_number: Option<u32>,
    /// The time of the entry.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}
