//! `/internal/reservations` at the Inventory Service: Payment holds, confirms, releases and returns
//! stock (order-flow section 4).

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{ErrorBody, Money, OrderId, Quantity, Sku, names::named};

/// Requests a hold on stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReserveRequest {
    /// The order's id, which is also the reservation's.
    pub order_id: OrderId,
    /// The lines to hold. Lines with the same SKU are summed.
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<ReserveLine>,
}

/// One line to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReserveLine {
    /// The SKU to hold.
    pub sku: Sku,
    /// The number of units.
    pub quantity: Quantity,
}

named! {
    /// The state of a reservation (order-flow section 3).
    pub enum ReservationStatus {
        /// The stock is held until the deadline.
        Held = "held",
        /// The stock is sold.
        Confirmed = "confirmed",
        /// Released before the sale. Also the tombstone that a late reserve finds.
        Released = "released",
        /// The deadline passed before a confirmation or release.
        Expired = "expired",
        /// Sold, and then restocked in full.
        Returned = "returned",
    }
}

/// Stock held or sold for an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reservation {
    /// The order's id.
    pub order_id: OrderId,
    /// The state of the reservation.
    pub status: ReservationStatus,
    /// The time at which a hold ends, by the store's own clock. Absent for a tombstone.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// The lines held, at the prices of that time. Empty for a tombstone.
    pub items: Vec<ReservedLine>,
}

/// One line of a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReservedLine {
    /// The SKU held.
    pub sku: Sku,
    /// The product's name at the time of the hold.
    pub name: String,
    /// The number of units, over all lines of the SKU.
    pub quantity: u32,
    /// The price of one unit at the time of the hold, which is the price of the order.
    pub unit_price: Money,
    /// The number of these units that came back since.
    #[serde(default)]
    pub returned: u32,
}

/// Requests the current prices of lines, and holds nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteRequest {
    /// The lines to price. Lines with the same SKU are summed.
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<ReserveLine>,
}

/// The current prices of lines. The price of an order is that of its reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quote {
    /// The lines, one for each SKU.
    pub items: Vec<ReservedLine>,
}

/// Requests that sold stock be restocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnRequest {
    /// The number of the return: 0 undoes the order, and a refund has its own number. The same
    /// number is applied once.
    pub n: u32,
    /// The lines that come back. If omitted, everything that has not come back yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<ReserveLine>>,
}

/// Requests changes of several reservations at once. Each has its own outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReservationBatch {
    /// The changes, which are made at the same time and in no order.
    #[schema(min_items = 1, max_items = 100)]
    pub changes: Vec<ReservationChange>,
}

/// One change of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReservationChange {
    /// Holds stock, as `POST /internal/reservations` does.
    Reserve(ReserveRequest),
    /// Sells the held stock of this order, as `POST /internal/reservations/{order_id}/confirm`
    /// does.
    Confirm(OrderId),
}

/// The outcomes of a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BatchOutcomes {
    /// One outcome for each change, in the order of the changes.
    pub outcomes: Vec<ReservationOutcome>,
}

/// The outcome of one change of a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReservationOutcome {
    /// The reservation, as the single route answers it.
    Done(Reservation),
    /// The error body that the single route would have answered, with its status.
    Refused(ErrorBody),
}
