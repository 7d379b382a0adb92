//! Measures calls to a gateway.

use std::{sync::Arc, time::Instant};

use async_trait::async_trait;
use estore_contract::{Currency, Money, OrderId, UserId};
use estore_telemetry::metrics::{Definition, Error, HistogramVec, Label, Meter};
use time::OffsetDateTime;

use super::{
    AmountRule, CardGateway, CreatedPayment, GatewayError, ListedPayment, PaymentState, RefundState, Voided,
};
use crate::domain::Card;

pub(crate) const SECONDS: Definition = Definition::histogram(
    "estore_gateway_call_duration_seconds",
    "Seconds of each call to the card gateway: done (ok), declined (declined), or no answer and an unknown outcome (silent)",
    &[
        Label::each("operation", &["create", "read", "authorize", "capture", "void", "refund", "list"]),
        Label::each("outcome", &["ok", "declined", "silent"]),
    ],
);

/// A gateway whose calls are measured.
pub(crate) struct Measured {
    gateway: Arc<dyn CardGateway>,
    seconds: HistogramVec,
}

impl Measured {
    pub(crate) fn new(gateway: Arc<dyn CardGateway>, meter: &Meter) -> Result<Self, Error> {
        Ok(Self { gateway, seconds: SECONDS.histograms(meter)? })
    }

    async fn call<T>(
        &self,
        operation: &str,
        says_no: fn(&T) -> bool,
        answer: impl Future<Output = Result<T, GatewayError>>,
    ) -> Result<T, GatewayError> {
        let began = Instant::now();
        let answer = answer.await;
        let outcome = match &answer {
            Ok(said) if says_no(said) => "declined",
            Ok(_) => "ok",
            Err(_) => "silent",
        };
        self.seconds.with_label_values(&[operation, outcome]).observe(began.elapsed().as_secs_f64());
        answer
    }
}

fn never<T>(_: &T) -> bool {
    false
}

fn is_declined(state: &PaymentState) -> bool {
    matches!(state, PaymentState::Declined(_))
}

#[async_trait]
impl CardGateway for Measured {
    fn rule(&self) -> Option<AmountRule> {
        self.gateway.rule()
    }

    async fn create(
        &self,
        order: OrderId,
        user: UserId,
        amount: Money,
    ) -> Result<CreatedPayment, GatewayError> {
        let says_no = |payment: &CreatedPayment| {
            matches!(payment, CreatedPayment::Declined(_) | CreatedPayment::Unchargeable(_))
        };
        self.call("create", says_no, self.gateway.create(order, user, amount)).await
    }

    async fn authorize(
        &self,
        order: OrderId,
        payment: &str,
        card: &Card,
    ) -> Result<PaymentState, GatewayError> {
        self.call("authorize", is_declined, self.gateway.authorize(order, payment, card)).await
    }

    async fn read(&self, order: OrderId, payment: &str) -> Result<PaymentState, GatewayError> {
        self.call("read", is_declined, self.gateway.read(order, payment)).await
    }

    async fn capture(
        &self,
        order: OrderId,
        payment: &str,
        again: bool,
    ) -> Result<PaymentState, GatewayError> {
        self.call("capture", is_declined, self.gateway.capture(order, payment, again)).await
    }

    async fn void(&self, order: OrderId, payment: Option<&str>) -> Result<Voided, GatewayError> {
        self.call("void", never, self.gateway.void(order, payment)).await
    }

    async fn refund(
        &self,
        order: OrderId,
        payment: &str,
        n: u32,
        amount: Money,
    ) -> Result<RefundState, GatewayError> {
        let says_no = |state: &RefundState| *state != RefundState::Done;
        self.call("refund", says_no, self.gateway.refund(order, payment, n, amount)).await
    }

    async fn refunds(
        &self,
        order: OrderId,
        payment: &str,
        currency: Currency,
    ) -> Result<Vec<(u32, i64)>, GatewayError> {
        self.call("list", never, self.gateway.refunds(order, payment, currency)).await
    }

    async fn list(
        &self,
        since: OffsetDateTime,
        after: Option<&str>,
    ) -> Result<Vec<ListedPayment>, GatewayError> {
        self.call("list", never, self.gateway.list(since, after)).await
    }
}
