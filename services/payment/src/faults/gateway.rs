//! The sandbox gateway with the faults of a demo.

use std::time::Duration;

use async_trait::async_trait;
use estore_contract::{Currency, Money, OrderId, Sensitive, UserId, demo::SwitchKind};
use time::OffsetDateTime;
use tokio::time::sleep;

use super::Switches;
use crate::{
    domain::Card,
    gateway::{
        AmountRule, CardGateway, CreatedPayment, GatewayError, ListedPayment, PaymentState, RefundState,
        Voided,
    },
};

/// The time that each call to a slow gateway waits.
const SLOW: Duration = Duration::from_secs(2);
/// The test card that the sandbox declines. It stands in for every card while the gateway declines,
/// so that the sandbox's books have the decline.
const DECLINED: &str = "4000000000000002";

/// A gateway that is slow, loses its answers, or declines every card while the switches say so.
pub struct Faulty<G> {
    gateway: G,
    switches: Switches,
}

impl<G> Faulty<G> {
    /// Wraps a gateway.
    #[must_use]
    pub const fn new(gateway: G, switches: Switches) -> Self {
        Self { gateway, switches }
    }

    /// Calls the gateway. It always does its work; the caller may get the answer late or never.
    async fn call<T>(
        &self,
        answer: impl Future<Output = Result<T, GatewayError>> + Send,
    ) -> Result<T, GatewayError> {
        if self.switches.is_on(SwitchKind::GatewaySlow) {
            sleep(SLOW).await;
        }
        let answer = answer.await;
        if self.switches.is_on(SwitchKind::GatewayAnswersLost) {
            return Err(GatewayError::OutcomeUnknown("a fault on demand lost the answer".to_owned()));
        }
        answer
    }
}

#[async_trait]
impl<G: CardGateway> CardGateway for Faulty<G> {
    fn rule(&self) -> Option<AmountRule> {
        self.gateway.rule()
    }

    async fn create(
        &self,
        order: OrderId,
        user: UserId,
        amount: Money,
    ) -> Result<CreatedPayment, GatewayError> {
        self.call(self.gateway.create(order, user, amount)).await
    }

    async fn authorize(
        &self,
        order: OrderId,
        payment: &str,
        card: &Card,
    ) -> Result<PaymentState, GatewayError> {
        let declined = Card { number: Sensitive::from(DECLINED), ..*card };
        let card = if self.switches.is_on(SwitchKind::GatewayDeclines) { &declined } else { card };
        self.call(self.gateway.authorize(order, payment, card)).await
    }

    async fn read(&self, order: OrderId, payment: &str) -> Result<PaymentState, GatewayError> {
        self.call(self.gateway.read(order, payment)).await
    }

    async fn capture(
        &self,
        order: OrderId,
        payment: &str,
        again: bool,
    ) -> Result<PaymentState, GatewayError> {
        self.call(self.gateway.capture(order, payment, again)).await
    }

    async fn void(&self, order: OrderId, payment: Option<&str>) -> Result<Voided, GatewayError> {
        self.call(self.gateway.void(order, payment)).await
    }

    async fn refund(
        &self,
        order: OrderId,
        payment: &str,
        n: u32,
        amount: Money,
    ) -> Result<RefundState, GatewayError> {
        self.call(self.gateway.refund(order, payment, n, amount)).await
    }

    async fn refunds(
        &self,
        order: OrderId,
        payment: &str,
        currency: Currency,
    ) -> Result<Vec<(u32, i64)>, GatewayError> {
        self.call(self.gateway.refunds(order, payment, currency)).await
    }

    async fn list(
        &self,
        since: OffsetDateTime,
        after: Option<&str>,
    ) -> Result<Vec<ListedPayment>, GatewayError> {
        self.call(self.gateway.list(since, after)).await
    }
}
