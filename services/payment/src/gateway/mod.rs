//! The card gateway (order-flow section 4).

mod measured;
mod sandbox;
mod stripe;

use async_trait::async_trait;
use estore_contract::{Money, OrderId, UserId};
use time::OffsetDateTime;

use crate::domain::Card;

pub use crate::domain::{CreatedPayment, PaymentState, RefundState, Voided};
pub(crate) use measured::{Measured, SECONDS};
pub use sandbox::Sandbox;
pub use stripe::{DEADLINE as STRIPE_DEADLINE, Stripe};

/// What a gateway can do. Each operation names its order, from which the gateway's idempotency keys are made; each may be
/// repeated, and then has no further effect.
#[async_trait]
pub trait CardGateway: Send + Sync {
    /// Which amounts it charges and sends back, as far as that is known before it is asked; `None` for whatever there is.
    fn rule(&self) -> Option<AmountRule>;

    /// Creates the payment of an order. No money moves. Answers the payment's id, that the order is voided already, or that no
    /// attempt will do better. The order and its user are noted with the payment, so that a store that lost the order can be
    /// mended from the gateway.
    async fn create(&self, order: OrderId, user: UserId, amount: Money) -> Result<CreatedPayment, Silence>;

    /// Sets the money aside. Called again only after [`CardGateway::read`] showed that it did not happen.
    async fn authorize(&self, order: OrderId, payment: &str, card: &Card) -> Result<PaymentState, Silence>;

    /// How a payment stands: what settles an unknown outcome.
    async fn read(&self, order: OrderId, payment: &str) -> Result<PaymentState, Silence>;

    /// Takes the money that is set aside; `again` where an earlier call's answer may have been lost. `Voided` is "never";
    /// anything but that and `Captured` is tried again.
    async fn capture(&self, order: OrderId, payment: &str, again: bool) -> Result<PaymentState, Silence>;

    /// The fence: no money is ever taken for this order from now on, also where its payment does not exist yet.
    async fn void(&self, order: OrderId, payment: Option<&str>) -> Result<Voided, Silence>;

    /// Sends money of a captured payment back, once for each `n`; `again` where an earlier call's answer may have been lost.
    async fn refund(
        &self,
        order: OrderId,
        payment: &str,
        n: u32,
        amount: Money,
        again: bool,
    ) -> Result<RefundState, Silence>;

    /// The payments made since `since`, oldest or newest first, a page at a time: `after` is the `payment` of the last one seen.
    /// An empty page is the end (order-flow section 7).
    async fn list(&self, since: OffsetDateTime, after: Option<&str>) -> Result<Vec<ListedPayment>, Silence>;
}

/// Which amounts a gateway moves. Each answers why it does not, in words that follow "it" or "the total".
#[derive(Debug, Clone, Copy)]
pub struct AmountRule {
    /// Whether a payment may be of this amount.
    pub charge: fn(Money) -> Result<(), String>,
    /// Whether a refund may be.
    pub refund: fn(Money) -> Result<(), String>,
}

/// A payment in the gateway's own books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPayment {
    /// Its id at the gateway.
    pub payment: String,
    /// Whose order.
    pub order: OrderId,
    /// Whose; `None` where the gateway was not told.
    pub user: Option<UserId>,
    /// How much.
    pub amount: Money,
    /// How it stands.
    pub state: PaymentState,
    /// What went back: each refund's number and minor units.
    pub refunds: Vec<(u32, i64)>,
}

/// The gateway did not answer: nobody knows what it did.
#[derive(Debug, thiserror::Error)]
#[error("the gateway did not answer: {0}")]
pub struct Silence(pub String);
