//! One operation of a client.

use estore_contract::{OrderId, PaymentMethodId, Sku, UserId, payment};
use serde::{Deserialize, Serialize};

/// An operation of a client and its outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Op {
    /// Its number in the order of invocation, from 0.
    pub id: u64,
    /// The number of the client.
    pub client: u32,
    /// The request.
    pub kind: OpKind,
    /// The time of invocation, in Unix milliseconds by the recorder's clock.
    pub invoked_ms: u64,
    /// The time at which it ended; `None` if it has not ended.
    pub ended_ms: Option<u64>,
    pub outcome: Outcome,
}

/// The request of a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OpKind {
    /// `POST /orders`.
    Order {
        /// The buyer.
        user: UserId,
        /// The Idempotency-Key, without quotes.
        key: String,
        /// The lines to buy.
        lines: Vec<(Sku, u32)>,
        card: CardKind,
    },
    /// `POST /orders/{id}/cancel`.
    Cancel { order: OrderId },
    /// `POST /orders/{id}/refunds`.
    Refund {
        order: OrderId,
        /// The Idempotency-Key, without quotes.
        key: String,
        /// The lines to refund; `None` for all that is left.
        lines: Option<Vec<(Sku, u32)>>,
        /// True if the units are restocked.
        restock: bool,
    },
    /// `GET /orders/{id}`, by its owner or an admin.
    Read { order: OrderId },
    /// `POST /payment-methods`.
    SaveCard {
        /// The owner.
        user: UserId,
    },
}

/// The behaviour of a card when it is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CardKind {
    /// Approves.
    Good,
    Declines,
}

/// The outcome of an operation. An operation with an unknown outcome may have had its effect or
/// not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::large_enum_variant, reason = "most operations see an order")]
pub enum Outcome {
    /// Not known yet.
    Pending,
    /// A 2xx.
    Ok {
        status: u16,
        /// The content of the answer.
        seen: Seen,
    },
    /// A final refusal.
    Refused {
        status: u16,
        /// The code of the error body.
        code: String,
        /// The order that the error body names.
        order: Option<OrderId>,
    },
    /// No answer, or one that does not tell the outcome.
    Unknown {
        /// The error or answer that came instead.
        why: String,
    },
}

/// The content of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::large_enum_variant, reason = "most operations see an order")]
pub enum Seen {
    Order(payment::Order),
    Refund {
        /// Its number within the order.
        n: u32,
        /// Its status, as the service names it.
        status: String,
        /// In minor units.
        amount: i64,
    },
    /// A saved card.
    Card(PaymentMethodId),
    /// No content that the checker uses.
    Nothing,
}

impl OpKind {
    /// Returns the order of the operation. For a new order, the user and the key make its id
    /// (order-flow section 2).
    #[must_use]
    pub fn order(&self) -> Option<OrderId> {
        match self {
            Self::Order { user, key, .. } => Some(OrderId::of(*user, key)),
            Self::Cancel { order } | Self::Refund { order, .. } | Self::Read { order } => Some(*order),
            Self::SaveCard { .. } => None,
        }
    }
}

impl Op {
    /// Returns the order in the answer, if it has one.
    #[must_use]
    pub fn seen_order(&self) -> Option<&payment::Order> {
        match &self.outcome {
            Outcome::Ok { seen: Seen::Order(order), .. } => Some(order),
            _ => None,
        }
    }

    /// Returns true if it ended in a yes or a no.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        matches!(self.outcome, Outcome::Ok { .. } | Outcome::Refused { .. })
    }
}
