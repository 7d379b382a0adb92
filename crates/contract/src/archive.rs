//! Orders that are so old that they leave the stores for files (`bootstrap archive`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::OrderId;

/// `POST /internal/archivable` at the Payment Service: a part of the orders that may leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArchivableRequest {
    /// How long an order and its refunds were not touched, in seconds.
    pub idle_seconds: u64,
    /// Where to go on: the `next` of the part before; absent for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<OrderId>,
}

/// A part of the orders that may leave, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArchivablePart {
    /// The orders.
    pub orders: Vec<OrderRecord>,
    /// Where to go on; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<OrderId>,
}

/// An order with its refunds, as the store has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderRecord {
    /// The order, as it stood.
    #[serde(flatten)]
    pub order: ArchiveOrder,
    /// What is kept of it, by key.
    pub keys: BTreeMap<String, RecordValue>,
}

/// What stands under a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum RecordValue {
    /// Fields by name.
    Hash(BTreeMap<String, String>),
    /// Lines, oldest first.
    List(Vec<String>),
}

/// An order at the versions that were written down: where it or its refunds went on since, it stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArchiveOrder {
    /// Which.
    pub order_id: OrderId,
    /// Its version.
    pub version: u64,
    /// The version of its refunds.
    pub refund_version: u64,
}

/// `POST /internal/archive` at the Payment Service: these orders are written down, and leave the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArchiveRequest {
    /// Which, 1000 at most.
    #[schema(max_items = 1000)]
    pub orders: Vec<ArchiveOrder>,
}

/// What became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Archived {
    /// Those that went on since, and stay; all others are gone, now or before.
    pub kept: Vec<OrderId>,
}

/// `POST /internal/reservation-records` and `/internal/forget-reservations` at the Inventory Service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReservationsRequest {
    /// Of which orders, 1000 at most.
    #[schema(max_items = 1000)]
    pub orders: Vec<OrderId>,
}

/// Reservations, as the store has them, by order; those that do not exist are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReservationRecords {
    /// What is kept of each, by key.
    pub records: BTreeMap<OrderId, BTreeMap<String, RecordValue>>,
}

/// How many reservations are gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Forgotten {
    /// Now, not before.
    pub forgotten: u64,
}
