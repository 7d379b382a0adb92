//! `/internal/reservations` at Inventory: what Payment holds, confirms, releases and returns (order-flow section 4).

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{Money, OrderId, Quantity, Sku};

/// Asks for a hold on stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReserveRequest {
    /// The order, whose id is the reservation's too.
    pub order_id: OrderId,
    /// What to hold; lines of one SKU are summed.
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<ReserveLine>,
}

/// One line to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReserveLine {
    /// What.
    pub sku: Sku,
    /// How many.
    pub quantity: Quantity,
}

/// Where a reservation stands (order-flow section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReservationStatus {
    /// The stock is set aside until the deadline.
    Held,
    /// The stock is sold.
    Confirmed,
    /// Let go before it was sold; also the tombstone that a late reserve finds.
    Released,
    /// The deadline passed first.
    Expired,
    /// Sold, and put back whole.
    Returned,
}

/// A reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reservation {
    /// The order's id.
    pub order_id: OrderId,
    /// Where it stands.
    pub status: ReservationStatus,
    /// When a hold ends, by the store's own clock; absent for a tombstone.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// What is held, priced as it was when it was held. Empty for a tombstone.
    pub items: Vec<ReservedLine>,
}

/// One line of a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReservedLine {
    /// What.
    pub sku: Sku,
    /// Its name when it was held.
    pub name: String,
    /// How many, over all lines of the SKU.
    pub quantity: u32,
    /// Its price when it was held, which is the price of the order.
    pub unit_price: Money,
    /// How many of them came back since.
    #[serde(default)]
    pub returned: u32,
}

/// Asks what lines cost now; nothing is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteRequest {
    /// What; lines of one SKU are summed.
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<ReserveLine>,
}

/// What lines cost now. The price of an order is that of its reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quote {
    /// The lines, one for each SKU.
    pub items: Vec<ReservedLine>,
}

/// Asks that sold stock be put back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnRequest {
    /// Which return: 0 undoes the order, a refund has its own number. The same number is applied once.
    pub n: u32,
    /// What comes back; left out, everything that has not come back yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<ReserveLine>>,
}
