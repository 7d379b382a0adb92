//! Orders old enough to move from the stores to files (`bootstrap archive`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::OrderId;

/// The body of `POST /internal/archivable` at the Payment Service: requests one part of the
/// archivable orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArchivableRequest {
    /// The time, in seconds, for which an order and its refunds must have been unchanged.
    pub idle_seconds: u64,
    /// The place at which to continue: the `next` of the previous part. Absent for the first part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<OrderId>,
}

/// One part of the archivable orders, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArchivablePart {
    /// The orders of this part.
    pub orders: Vec<OrderRecord>,
    /// The place at which to continue. Absent in the last part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<OrderId>,
}

/// An order with its refunds, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderRecord {
    /// The order and its versions when it was read.
    #[serde(flatten)]
    pub order: ArchiveOrder,
    /// The stored values of the order, by key.
    pub keys: BTreeMap<String, RecordValue>,
}

/// The value stored under a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum RecordValue {
    /// Fields by name.
    Hash(BTreeMap<String, String>),
    /// Entries, oldest first.
    List(Vec<String>),
}

/// An order at the versions that were written to the file. If the order or its refunds have changed
/// since, the order stays in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArchiveOrder {
    /// The order's id.
    pub order_id: OrderId,
    /// The order's version.
    pub version: u64,
    /// The version of the order's refunds. It also grows when the order's personal data is erased.
    pub refund_version: u64,
}

/// The body of `POST /internal/archive` at the Payment Service. Names orders that a file holds, and
/// deletes them from the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArchiveRequest {
    /// The orders, 1000 at most.
    #[schema(max_items = 1000)]
    pub orders: Vec<ArchiveOrder>,
}

/// The result of archiving.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Archived {
    /// The orders that have changed since, and stay. All others are gone, deleted now or earlier.
    pub kept: Vec<OrderId>,
}

/// The body of `POST /internal/reservation-records` and `POST /internal/forget-reservations` at the
/// Inventory Service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReservationsRequest {
    /// The ids of the orders, 1000 at most.
    #[schema(max_items = 1000)]
    pub orders: Vec<OrderId>,
}

/// Reservations by order, as stored. Omits reservations that do not exist.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReservationRecords {
    /// The stored values of each reservation, by key.
    pub records: BTreeMap<OrderId, BTreeMap<String, RecordValue>>,
}

/// The number of reservations deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Forgotten {
    /// Deleted by this request; does not count reservations deleted earlier.
    pub forgotten: u64,
}
