//! Drives refunds from one step to the next, as `drive` does for orders.

use std::collections::BTreeMap;

use estore_base::{backoff, fail_point, random};
use estore_contract::{Quantity, Sku, reservation::ReserveLine};
use estore_telemetry::trace;

use super::{Flow, LONGEST_PAUSE, RetryLater};
use crate::{
    domain::{
        Order, Refund, RefundStage,
        protocol::{RefundCommand, RefundOutcome, RefundStep, apply_refund, next_refund_step},
    },
    peers::Refused,
    store::refunds,
};

impl Flow {
    /// Takes step after step. Returns the refund as last seen: final, or in the work set to be
    /// retried later.
    pub async fn drive_refund(&self, order: &Order, mut refund: Refund) -> Refund {
        while !refund.stage.is_final() {
            match self.refund_step(order, &refund).await {
                Ok(next) if next.version == refund.version => return next,
                Ok(next) => refund = next,
                Err(reason) => {
                    tracing::warn!(order = %order.id, refund = refund.n, stage = refund.stage.as_str(), attempts = refund.attempts, error = %reason, "refund cannot continue; will retry");
                    let delay = backoff(refund.attempts, LONGEST_PAUSE, random::fraction());
                    if let Err(error) = refunds::postpone(&self.redis, order.id, &refund, delay).await {
                        tracing::warn!(order = %order.id, %error, "cannot postpone the refund; will retry after its lease");
                    }
                    return refund;
                }
            }
        }
        refund
    }

    async fn refund_step(&self, order: &Order, refund: &Refund) -> Result<Refund, RetryLater> {
        let mut next = next_refund_step(order, refund);
        loop {
            next = match next {
                RefundStep::Command(command) => {
                    apply_refund(self.send_refund(order, refund, &command).await?)
                }
                RefundStep::Transition(step) => {
                    let to = step.to.as_str();
                    fail_point!("payment.refund_{to}.before");
                    let (moved, now) =
                        refunds::advance(&self.redis, order.id, refund, &step, self.lease).await?;
                    fail_point!("payment.refund_{to}.written");
                    if moved {
                        self.metrics.refunds.with_label_values(&[to]).inc();
                        if step.to == RefundStage::Paid {
                            self.metrics.refunded(refund.amount);
                        }
                        tracing::info!(order = %order.id, refund = refund.n, to, "refund changed stage");
                    }
                    return Ok(now);
                }
                RefundStep::Alarm(alarm, next) => {
                    self.alarm(order, alarm);
                    *next
                }
                RefundStep::RetryLater(why) => return Err(RetryLater::Protocol(why)),
            };
        }
    }

    async fn send_refund(
        &self,
        order: &Order,
        refund: &Refund,
        command: &RefundCommand,
    ) -> Result<RefundOutcome, RetryLater> {
        let name = match command {
            RefundCommand::Money { .. } => "refund",
            RefundCommand::Stock => "restock",
        };
        let span = trace::step(name)
            .with("estore.order.id", || order.id.to_string())
            .with("estore.refund", || i64::from(refund.n));
        let outcome = span.run(self.refund_outcome(order, refund, command)).await;
        if let Err(reason) = &outcome {
            span.fail(reason.kind());
        }
        outcome
    }

    async fn refund_outcome(
        &self,
        order: &Order,
        refund: &Refund,
        command: &RefundCommand,
    ) -> Result<RefundOutcome, RetryLater> {
        match command {
            RefundCommand::Money { payment, amount } => {
                fail_point!("payment.refund.before");
                let state = self.gateway.refund(order.id, payment, refund.n, *amount).await?;
                fail_point!("payment.refund.answered");
                Ok(RefundOutcome::Money(state))
            }
            RefundCommand::Stock => {
                fail_point!("payment.restock.before");
                let answer = self.inventory.restock(order.id, refund.n, Some(lines(&refund.lines))).await;
                fail_point!("payment.restock.answered");
                match answer {
                    Ok(_reservation) => Ok(RefundOutcome::Stock),
                    Err(Refused::Final(code, _)) => Ok(RefundOutcome::NoStock(code)),
                    Err(unknown) => Err(unknown.into()),
                }
            }
        }
    }
}

/// Splits units into lines, each with at most as many units as one line may have.
fn lines(units: &BTreeMap<Sku, u32>) -> Vec<ReserveLine> {
    let mut lines = Vec::new();
    for (sku, units) in units {
        let mut left = *units;
        while let Some(quantity) = Quantity::new(left.min(Quantity::MAX)) {
            lines.push(ReserveLine { sku: sku.clone(), quantity });
            left -= quantity.get();
        }
    }
    lines
}
