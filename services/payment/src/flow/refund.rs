//! The same for refunds.

use std::collections::BTreeMap;

use estore_contract::{Code, Quantity, Sku, reservation::ReserveLine};
use estore_kit::{fail_point, jobs::backoff, random, trace};

use super::{Flow, LONGEST_PAUSE, Stuck};
use crate::{
    domain::{
        Order, Refund, RefundStage,
        protocol::{RefundAnswer, RefundAsk, RefundNext, begin_refund, then_refund},
    },
    peers::Refused,
    store::refunds,
};

impl Flow {
    /// Takes step after step. Answers the refund as it was last seen: final, or stuck and in the work set.
    pub async fn drive_refund(&self, order: &Order, mut refund: Refund) -> Refund {
        while !refund.stage.is_final() {
            match self.refund_step(order, &refund).await {
                Ok(next) if next.version == refund.version => return next,
                Ok(next) => refund = next,
                Err(stuck) => {
                    tracing::warn!(order = %order.id, refund = refund.n, stage = refund.stage.as_str(), attempts = refund.attempts, error = %stuck, "refund stuck; it will be tried again");
                    let delay = backoff(refund.attempts, LONGEST_PAUSE, random::fraction());
                    if let Err(error) = refunds::postpone(&self.redis, order.id, &refund, delay).await {
                        tracing::warn!(order = %order.id, %error, "cannot say when the refund is tried again; its lease will end");
                    }
                    return refund;
                }
            }
        }
        refund
    }

    async fn refund_step(&self, order: &Order, refund: &Refund) -> Result<Refund, Stuck> {
        let mut next = begin_refund(order, refund);
        loop {
            next = match next {
                RefundNext::Ask(ask) => then_refund(self.ask_refund(order, refund, &ask).await?),
                RefundNext::Move(step) => {
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
                        tracing::info!(order = %order.id, refund = refund.n, to, "refund moved");
                    }
                    return Ok(now);
                }
                RefundNext::Alarm(alarm, next) => {
                    self.alarm(order, alarm);
                    *next
                }
                RefundNext::Stuck(why) => return Err(Stuck::Protocol(why)),
            };
        }
    }

    async fn ask_refund(
        &self,
        order: &Order,
        refund: &Refund,
        ask: &RefundAsk,
    ) -> Result<RefundAnswer, Stuck> {
        let name = match ask {
            RefundAsk::Money { .. } => "refund",
            RefundAsk::Stock => "restock",
        };
        let span = trace::step(name)
            .with("estore.order.id", || order.id.to_string())
            .with("estore.refund", || i64::from(refund.n));
        let answer = span.run(self.answer_refund(order, refund, ask)).await;
        if let Err(stuck) = &answer {
            span.fail(stuck.kind());
        }
        answer
    }

    async fn answer_refund(
        &self,
        order: &Order,
        refund: &Refund,
        ask: &RefundAsk,
    ) -> Result<RefundAnswer, Stuck> {
        match ask {
            RefundAsk::Money { payment, amount, again } => {
                fail_point!("payment.refund.before");
                let state = self.gateway.refund(order.id, payment, refund.n, *amount, *again).await?;
                fail_point!("payment.refund.answered");
                Ok(RefundAnswer::Money(state))
            }
            RefundAsk::Stock => {
                fail_point!("payment.restock.before");
                let answer = self.inventory.put_back(order.id, refund.n, Some(lines(&refund.lines))).await;
                fail_point!("payment.restock.answered");
                match answer {
                    Ok(_reservation) => Ok(RefundAnswer::Stock),
                    Err(Refused::Final(code @ Code::ReservationClosed, _)) => Ok(RefundAnswer::NoStock(code)),
                    Err(unknown) => Err(unknown.into()),
                }
            }
        }
    }
}

/// Lines of at most as many pieces as one line may have.
fn lines(pieces: &BTreeMap<Sku, u32>) -> Vec<ReserveLine> {
    let mut lines = Vec::new();
    for (sku, pieces) in pieces {
        let mut left = *pieces;
        while let Some(quantity) = Quantity::new(left.min(Quantity::MAX)) {
            lines.push(ReserveLine { sku: sku.clone(), quantity });
            left -= quantity.get();
        }
    }
    lines
}
