//! The prices that a product had.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::Money;

/// The answer of `GET /products/{sku}/price-history`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PriceHistory {
    /// The latest prices, newest first: the current price, and at most 99 before it.
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<PriceChange>,
}

/// A price, and the change that set it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PriceChange {
    /// The price of one unit from then on.
    pub price: Money,
    /// The time of the change. For a price that is older than the history, the time of the last
    /// change of the description.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The version of the product that had this price first.
    pub version: u64,
}
