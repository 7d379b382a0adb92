//! The card gateway (order-flow section 4).

mod sandbox;

use async_trait::async_trait;
use estore_contract::{Money, OrderId};

use crate::domain::Card;

pub use sandbox::Sandbox;

/// What a gateway can do. Each operation names its order, from which the gateway's idempotency keys are made; each may be
/// repeated, and then has no further effect.
#[async_trait]
pub trait CardGateway: Send + Sync {
    /// Creates the payment of an order. No money moves. Answers the payment's id, or that the order is voided already.
    async fn create(&self, order: OrderId, amount: Money) -> Result<CreatedPayment, Silence>;

    /// Sets the money aside.
    async fn authorize(&self, order: OrderId, payment: &str, card: &Card) -> Result<PaymentState, Silence>;

    /// How a payment stands: what settles an unknown outcome.
    async fn read(&self, order: OrderId, payment: &str) -> Result<PaymentState, Silence>;

    /// Takes the money that is set aside. Anything but `Captured` and `Authorized` is "never".
    async fn capture(&self, order: OrderId, payment: &str) -> Result<PaymentState, Silence>;

    /// The fence: no money is ever taken for this order from now on, also where its payment does not exist yet.
    async fn void(&self, order: OrderId, payment: Option<&str>) -> Result<Voided, Silence>;
}

/// What creating a payment came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreatedPayment {
    /// It is there.
    Id(String),
    /// The order was voided before.
    Voided,
}

/// How a payment stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentState {
    /// It exists; no money moved.
    Created,
    /// The money is set aside.
    Authorized,
    /// The card was declined, for good; the code in the words that Stripe's users know.
    Declined(String),
    /// The money is taken.
    Captured,
    /// It will never be taken.
    Voided,
    /// There is no such payment.
    Absent,
}

/// What voiding came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voided {
    /// No money will be taken; whether some had been set aside.
    Done {
        /// Whether the ledger has an authorization to void.
        authorized: bool,
    },
    /// Too late: it is taken.
    Captured,
}

/// The gateway did not answer: nobody knows what it did.
#[derive(Debug, thiserror::Error)]
#[error("the gateway did not answer: {0}")]
pub struct Silence(pub String);
