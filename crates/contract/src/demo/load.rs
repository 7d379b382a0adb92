//! Load on demand: the dial, the mix, counts, and the comparison with the answers to customers.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// The highest rate that the dial offers.
pub const MAX_ORDERS_PER_MINUTE: u32 = 3000;

/// The answer of `GET /load`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LoadState {
    /// The requested rate.
    #[schema(maximum = 3000)]
    pub orders_per_minute: u32,
    /// The mix of operations.
    pub mix: Mix,
    /// True if the shop is ready and the first buyers are registered.
    pub ready: bool,
    /// The time since which load is sent, if it is.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub running_since: Option<OffsetDateTime>,
    /// The operations so far.
    pub counts: LoadCounts,
    /// The comparison with the answers to customers.
    pub told: Told,
}

/// The body of `PUT /load`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"orders_per_minute": 120}))]
pub struct LoadRequest {
    /// The rate to send. 0 stops the load.
    #[schema(maximum = 3000)]
    pub orders_per_minute: u32,
    /// The mix of operations. Unchanged if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mix: Option<Mix>,
}

/// The weights of operations. Each is relative to the sum of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mix {
    /// Reads the catalogue.
    pub browse: u32,
    /// Fills a basket at the storefront.
    pub basket: u32,
    /// Orders and pays.
    pub order: u32,
    /// Orders with a card that is declined.
    pub decline: u32,
    /// Orders and cancels.
    pub cancel: u32,
    /// Orders, and gets a refund.
    pub refund: u32,
}

/// The operations since the start of the shopper.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LoadCounts {
    /// Orders placed.
    pub orders: u64,
    /// Orders that completed.
    pub completed: u64,
    /// Orders whose card was declined.
    pub declined: u64,
    /// Operations that the shop refused.
    pub refused: u64,
    /// Orders that were cancelled.
    pub cancelled: u64,
    /// Refunds made.
    pub refunds: u64,
    /// Operations with an unknown outcome, so far.
    pub unknown: u64,
    /// Requests sent.
    pub requests: u64,
}

/// The comparison of the shop's state with the answers to customers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Told {
    /// The operations in the history.
    pub operations: u64,
    /// The orders that were compared.
    pub compared: u64,
    /// The orders whose state contradicts an answer to their customer.
    pub disagreements: u64,
    /// The times that an order's latest answers fell out of the history before a comparison.
    #[serde(default)]
    pub forgotten: u64,
    /// The requests that were given up because their outcome stayed unknown.
    #[serde(default)]
    pub unsettled: u64,
    /// The time of the last comparison.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub last_compared_at: Option<OffsetDateTime>,
    /// The numbers of the contradicting orders, 20 at most.
    pub offenders: Vec<String>,
}
