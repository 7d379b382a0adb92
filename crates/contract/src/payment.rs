//! The Payment Service's wire.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{
    Money, OrderId, PaymentMethodId, Quantity, Sku,
    card::{CardNumber, Cvc},
    text::ShortText,
    user::{Address, KeptAddress},
};

/// How is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum PaymentType {
    /// By card.
    Card,
}

/// `POST /payment-methods`, as the seed has it.
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

/// A card, as its owner types it in.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardDetails {
    /// The number on it.
    pub card_number: CardNumber,
    /// The month it is good through.
    #[schema(minimum = 1, maximum = 12)]
    pub expiry_month: u8,
    /// Of this year.
    #[schema(minimum = 2000, maximum = 2100)]
    pub expiry_year: u16,
    /// The code on its back. Used, then dropped: it is kept nowhere.
    pub cvc: Cvc,
}

/// A saved card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaymentMethod {
    /// Which.
    pub id: PaymentMethodId,
    /// `Card`.
    pub payment_type: PaymentType,
    /// What is shown of it.
    pub details: CardView,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// What is shown of a card: never more of its number than the last four digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CardView {
    /// `visa`, `mastercard`, …, or `unknown`.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// The month it is good through.
    pub expiry_month: u8,
    /// Of this year.
    pub expiry_year: u16,
}

/// `POST /orders`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "items": [{"sku": "MUG-ENAMEL-01", "quantity": 2}],
    "payment_method_id": "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01",
    "expected_total": {"amount": 2980, "currency": "USD"}
}))]
pub struct OrderRequest {
    /// What is bought.
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<OrderItem>,
    /// With which saved card.
    pub payment_method_id: PaymentMethodId,
    /// What the client believes it costs; another total is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_total: Option<Money>,
    /// Where it goes; kept with the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<Address>,
}

impl OrderRequest {
    /// Reads one as a store has it, whose address was taken before, by whatever rules there were then.
    pub fn kept(json: &str) -> Result<Self, serde_json::Error> {
        let mut fields: Map<String, Value> = serde_json::from_str(json)?;
        let address = fields.remove("shipping_address");
        let request: Self = serde_json::from_value(Value::Object(fields))?;
        let address = address.map(serde_json::from_value::<Option<KeptAddress>>).transpose()?.flatten();
        Ok(Self { shipping_address: address.map(Address::from), ..request })
    }
}

/// One line of a new order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderItem {
    /// What.
    pub sku: Sku,
    /// How many.
    pub quantity: Quantity,
}

/// Where an order stands, for clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// On its way.
    Pending,
    /// Paid, and the stock is sold.
    Completed,
    /// It will never be captured.
    Cancelled,
    /// All the money went back.
    Refunded,
    /// Some of the money went back.
    PartiallyRefunded,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Order {
    /// Which.
    pub id: OrderId,
    /// Where it stands.
    pub status: OrderStatus,
    /// What is bought.
    pub items: Vec<OrderLine>,
    /// What it costs; `null` until it is priced.
    pub total: Option<Money>,
    /// The card.
    pub payment_method: OrderCard,
    /// What went back; `null` until it is priced.
    pub refunded: Option<Money>,
    /// Why it failed, where it did.
    pub failure: Option<OrderFailure>,
    /// Where it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<Address>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// One line of an order. Name and prices are as they were when the stock was held; `null` until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderLine {
    /// What.
    pub sku: Sku,
    /// Its name.
    pub name: Option<String>,
    /// How many.
    pub quantity: u32,
    /// Its price.
    pub unit_price: Option<Money>,
    /// What the line costs.
    pub line_total: Option<Money>,
}

/// The card of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderCard {
    /// Which.
    pub id: PaymentMethodId,
    /// `visa`, `mastercard`, …, or `unknown`.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
}

/// Why an order failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderFailure {
    /// The code of the refusal.
    pub code: String,
    /// What happened, for people.
    pub message: String,
}

/// A kind of entry in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransactionType {
    /// The money is set aside.
    Authorization,
    /// The money is taken.
    Capture,
    /// The money set aside is let go.
    Void,
    /// The money went back.
    Refund,
}

impl TransactionType {
    /// The name on the wire and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authorization => "authorization",
            Self::Capture => "capture",
            Self::Void => "void",
            Self::Refund => "refund",
        }
    }
}

/// `POST /orders/{id}/refunds`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"items": [{"sku": "MUG-ENAMEL-01", "quantity": 1}], "reason": "came broken", "restock": false}))]
pub struct RefundRequest {
    /// What is refunded; left out, everything that is not refunded yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 100)]
    pub items: Option<Vec<OrderItem>>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ShortText>,
    /// Whether the pieces can be sold again.
    #[serde(default)]
    pub restock: bool,
}

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// On its way; it goes on by itself.
    Pending,
    /// The money is on its way back to the card, and the pieces are back where that was asked for.
    Completed,
    /// The gateway will not.
    Failed,
}

/// A refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Refund {
    /// Of which order.
    pub order_id: OrderId,
    /// Which of the order's, from 1.
    pub number: u32,
    /// Where it stands.
    pub status: RefundStatus,
    /// How much goes back.
    pub amount: Money,
    /// For which pieces.
    pub items: Vec<RefundLine>,
    /// Whether the pieces can be sold again.
    pub restock: bool,
    /// Why.
    pub reason: Option<String>,
    /// The gateway's code, where it failed.
    pub failure: Option<String>,
    /// When it was asked for.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// One line of a refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefundLine {
    /// What.
    pub sku: Sku,
    /// How many.
    pub quantity: u32,
}

/// The refunds of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefundList {
    /// Oldest first.
    pub items: Vec<Refund>,
}

/// Where money stands: each entry of the ledger moves it from one of these to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// The customer's own.
    Customer,
    /// Set aside for the shop.
    Authorized,
    /// The shop's.
    Shop,
}

/// An entry in the ledger, which is double-entry: the amount is debited to one account and credited to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Transaction {
    /// Which.
    pub id: String,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: TransactionType,
    /// For which order.
    pub order_id: OrderId,
    /// How much.
    pub amount: Money,
    /// Where the money went.
    pub debit: Account,
    /// Where it came from.
    pub credit: Account,
    /// Which refund of the order, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_number: Option<u32>,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}
