//! Stock, its movements, and the journal of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{OrderId, Sku, text::ShortText};

/// The answer of `GET /products/{sku}/stock`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stock {
    /// The SKU.
    pub sku: Sku,
    /// Units in the store.
    pub on_hand: i64,
    /// Units of these held for orders in progress.
    pub reserved: i64,
    /// Units that can be ordered: `on_hand` − `reserved`.
    pub available: i64,
    /// The latest changes of `on_hand`, newest first.
    pub movements: Vec<Movement>,
}

/// A change of the stock of one SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Movement {
    /// `received`, `adjusted`, `confirmed` or `returned`.
    pub kind: String,
    /// Units by which `on_hand` changed.
    pub delta: i64,
    /// Units on hand afterwards.
    pub on_hand: i64,
    /// The reason, or the id of the order.
    pub reason: String,
    /// The time of the change.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// The body of `POST /products/{sku}/stock/adjustments`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"delta": 24, "reason": "delivery 4711"}))]
pub struct AdjustmentBody {
    /// Units added (positive) or removed (negative); not 0.
    #[schema(minimum = -1_000_000, maximum = 1_000_000)]
    pub delta: i64,
    /// The reason for the adjustment.
    pub reason: ShortText,
}

/// A booked adjustment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Adjustment {
    /// The SKU.
    pub sku: Sku,
    /// Units added (positive) or removed (negative).
    pub delta: i64,
    /// The reason for the adjustment.
    pub reason: ShortText,
    /// Units in the store afterwards.
    pub on_hand: i64,
}

/// One entry of the journal, which records every movement of stock (order-flow section 4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JournalEntry {
    /// The position of the entry. Send the last one as `after` to read on.
    pub cursor: String,
    /// `received`, `adjusted`, `held`, `confirmed`, `released`, `expired` or `returned`.
    pub kind: String,
    /// The order, if the movement belongs to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// Units by SKU.
    pub lines: BTreeMap<Sku, i64>,
}
