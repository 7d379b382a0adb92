//! The orders that changed last, without personal data: the answer of `GET /activity`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Money, OrderId, OrderNumber,
    payment::{OrderStatus, OrderStep, TimelineEntry},
};

/// An order as anybody may see it in a demonstration: it says nothing of its customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderActivity {
    /// The order's id.
    pub order_id: OrderId,
    /// The order's number.
    pub number: OrderNumber,
    /// The state of the order, as clients see it.
    pub status: OrderStatus,
    /// The last step that the order took.
    pub state: OrderStep,
    /// The steps that the order took, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// The total price; `null` until the order is priced.
    pub total: Option<Money>,
    /// The trace of the request that made the order, if it was recorded: 32 hexadecimal digits.
    pub trace_id: Option<String>,
}
