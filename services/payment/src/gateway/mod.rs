//! The card gateway (order-flow section 4).

mod measured;
mod sandbox;
mod stripe;

use async_trait::async_trait;
use estore_contract::{Currency, Money, OrderId, UserId};
use time::OffsetDateTime;

use crate::domain::Card;

pub use crate::domain::{CreatedPayment, ListedPayment, PaymentState, RefundState, Voided};
pub(crate) use measured::{Measured, SECONDS};
pub use sandbox::Sandbox;
pub(crate) use stripe::SETTINGS as STRIPE_SETTINGS;
pub use stripe::{DEADLINE as STRIPE_DEADLINE, Stripe};

/// The operations of a gateway. Each operation names its order, from which the gateway's
/// idempotency keys are made. Each may be repeated without further effect.
#[async_trait]
pub trait CardGateway: Send + Sync {
    /// Returns the rule for the amounts that the gateway charges and refunds, as far as it is known
    /// in advance. `None` means any amount.
    fn rule(&self) -> Option<AmountRule>;

    /// Creates the payment of an order. No money moves. Returns the payment's id, that the order is
    /// already voided, or that no attempt can succeed. Records the order and its user with the
    /// payment, so that a store that lost the order can be repaired from the gateway.
    async fn create(
        &self,
        order: OrderId,
        user: UserId,
        amount: Money,
    ) -> Result<CreatedPayment, GatewayError>;

    /// Authorizes the payment. Called again only after [`CardGateway::read`] showed that it did not
    /// happen.
    async fn authorize(
        &self,
        order: OrderId,
        payment: &str,
        card: &Card,
    ) -> Result<PaymentState, GatewayError>;

    /// Reads a payment's state, which settles an unknown outcome.
    async fn read(&self, order: OrderId, payment: &str) -> Result<PaymentState, GatewayError>;

    /// Captures an authorized payment. `again` is true if the answer to an earlier call may have
    /// been lost. `Voided` means "never"; any answer but that and `Captured` is retried.
    async fn capture(&self, order: OrderId, payment: &str, again: bool)
    -> Result<PaymentState, GatewayError>;

    /// Voids the order, the fence: from now on the gateway never takes money for this order, even
    /// if its payment does not exist yet.
    async fn void(&self, order: OrderId, payment: Option<&str>) -> Result<Voided, GatewayError>;

    /// Refunds money of a captured payment, once for each `n`. The refund is looked for first. If
    /// the gateway has one of that number with another amount, the answer is `Taken`.
    async fn refund(
        &self,
        order: OrderId,
        payment: &str,
        n: u32,
        amount: Money,
    ) -> Result<RefundState, GatewayError>;

    /// Lists the refunds of a payment in `currency` that have not failed: number and minor units of
    /// each. A refund without a number is not ours.
    async fn refunds(
        &self,
        order: OrderId,
        payment: &str,
        currency: Currency,
    ) -> Result<Vec<(u32, i64)>, GatewayError>;

    /// Lists the payments made since `since`, oldest or newest first, in pages. `after` is the
    /// `payment` of the last one seen. An empty page is the end (order-flow section 7).
    async fn list(
        &self,
        since: OffsetDateTime,
        after: Option<&str>,
    ) -> Result<Vec<ListedPayment>, GatewayError>;
}

/// The amounts that a gateway moves. Each check returns the reason for a refusal, in words that
/// follow "it" or "the total".
#[derive(Debug, Clone, Copy)]
pub struct AmountRule {
    /// Checks the amount of a payment.
    pub charge: fn(Money) -> Result<(), String>,
    /// Checks the amount of a refund.
    pub refund: fn(Money) -> Result<(), String>,
}

/// The error of a call to the gateway.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The gateway did not answer, so the call may have happened or not; the reason.
    #[error("the gateway did not answer: {0}")]
    OutcomeUnknown(String),
}
