//! One operation of a client.

use estore_contract::{OrderId, PaymentMethodId, Sku, UserId, payment};
use serde::{Deserialize, Serialize};

/// What a client did, and what it was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Op {
    /// Which, in the order of invocation, from 0.
    pub id: u64,
    /// Whose.
    pub client: u32,
    /// What was asked.
    pub kind: OpKind,
    /// When, in Unix milliseconds by the recorder's clock.
    pub invoked_ms: u64,
    /// When it ended; `None` where it has not.
    pub ended_ms: Option<u64>,
    /// How it ended.
    pub outcome: Outcome,
}

/// What a client asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OpKind {
    /// `POST /orders`.
    Order {
        /// Whose.
        user: UserId,
        /// The Idempotency-Key, without quotes.
        key: String,
        /// What is bought.
        lines: Vec<(Sku, u32)>,
        /// With which kind of card.
        card: CardKind,
    },
    /// `POST /orders/{id}/cancel`.
    Cancel {
        /// Which.
        order: OrderId,
    },
    /// `POST /orders/{id}/refunds`.
    Refund {
        /// Of which order.
        order: OrderId,
        /// The Idempotency-Key, without quotes.
        key: String,
        /// What; `None` for everything that is left.
        lines: Option<Vec<(Sku, u32)>>,
        /// Whether the stock comes back.
        restock: bool,
    },
    /// `GET /orders/{id}`, by its owner or an admin.
    Read {
        /// Which.
        order: OrderId,
    },
    /// `POST /payment-methods`.
    SaveCard {
        /// Whose.
        user: UserId,
    },
}

/// What a card does when it is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CardKind {
    /// It pays.
    Good,
    /// It declines.
    Declines,
}

/// How an operation ended. Unknown may be either; ok and refused may not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::large_enum_variant, reason = "most operations see an order")]
pub enum Outcome {
    /// Not yet.
    Pending,
    /// A 2xx.
    Ok {
        /// The status.
        status: u16,
        /// What it showed.
        seen: Seen,
    },
    /// A final refusal.
    Refused {
        /// The status.
        status: u16,
        /// The code of the error body.
        code: String,
        /// The order that the error body names.
        order: Option<OrderId>,
    },
    /// No answer, or one that says nothing.
    Unknown {
        /// What came instead.
        why: String,
    },
}

/// What an answer showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::large_enum_variant, reason = "most operations see an order")]
pub enum Seen {
    /// An order.
    Order(payment::Order),
    /// A refund.
    Refund {
        /// Its number within the order.
        n: u32,
        /// How it stands, in the service's word.
        status: String,
        /// Minor units.
        amount: i64,
    },
    /// A saved card.
    Card(PaymentMethodId),
    /// Nothing to hold anybody to.
    Nothing,
}

impl OpKind {
    /// The order it is about; an order's own id is made of its user and key (order-flow section 2).
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
    /// The order that the answer shows, where it shows one.
    #[must_use]
    pub fn seen_order(&self) -> Option<&payment::Order> {
        match &self.outcome {
            Outcome::Ok { seen: Seen::Order(order), .. } => Some(order),
            _ => None,
        }
    }

    /// Whether it ended in a yes or a no.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        matches!(self.outcome, Outcome::Ok { .. } | Outcome::Refused { .. })
    }
}
