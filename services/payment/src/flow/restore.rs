//! After a restore: one payment of the gateway after the other (order-flow section 7). Each step may be repeated, and what was
//! done of it before is found done.

use estore_kit::fail_point;

use super::{Flow, Stuck};
use crate::{
    Error,
    domain::{
        Order, Refund, RefundState, Refusal, Voided,
        protocol::restore::{self, Known, Lost},
    },
    gateway::{ListedPayment, PaymentState},
    store::{archive, refunds, restore as store},
};

/// What was found of a payment: the name under which it is counted, and a line for the report where there is more to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// Such as `refunded`.
    pub kind: &'static str,
    /// About which order, and what was done.
    pub line: Option<String>,
}

impl Mended {
    fn quietly(kind: &'static str) -> Self {
        Self { kind, line: None }
    }

    fn telling(kind: &'static str, listed: &ListedPayment, what: &str) -> Self {
        let ListedPayment { order, payment, amount, .. } = listed;
        Self { kind, line: Some(format!("order {order} ({payment}, {amount}) {what}")) }
    }
}

impl Flow {
    /// Makes the store agree with a payment that the gateway has. Where `only_known`, the payment is older than what may be missing,
    /// unless it was mended just now.
    pub async fn mend(&self, listed: ListedPayment, only_known: bool) -> Result<Mended, Stuck> {
        fail_point!("payment.restore.before");
        let mended = match refunds::list(&self.redis, listed.order).await {
            Ok((order, refunds)) => {
                if !only_known {
                    store::unsettle(&self.redis, order.id).await?;
                }
                let mended = self.mend_known(&order, &refunds, listed).await?;
                if only_known && mended.kind == "agree" { Mended::quietly("agree") } else { mended }
            }
            Err(Error::NotFound) if archive::was_archived(&self.redis, listed.order).await? => {
                Mended::quietly("archived")
            }
            Err(Error::NotFound) if only_known => Mended::quietly("not known and left alone"),
            Err(Error::NotFound) => self.mend_lost(listed).await?,
            Err(error) => return Err(error.into()),
        };
        fail_point!("payment.restore.written");
        Ok(mended)
    }

    async fn mend_known(
        &self,
        order: &Order,
        refunds: &[Refund],
        mut listed: ListedPayment,
    ) -> Result<Mended, Stuck> {
        let hold = time::Duration::try_from(self.hold).unwrap_or(time::Duration::MAX);
        let mut known = restore::known(order, refunds, &listed, hold);
        if matches!(known, Known::Disagrees(_)) {
            // Where the shop is open, the order may have gone on since the list was made.
            listed.state = self.gateway.read(listed.order, &listed.payment).await?;
            known = restore::known(order, refunds, &listed, hold);
        }
        match known {
            // The report of a run that was cut short may have been lost.
            Known::Agrees if order.failure.as_ref() == Some(&Refusal::lost()) => {
                Ok(Mended::telling("agree", &listed, "was lost, and is undone since an earlier run"))
            }
            Known::Agrees if !order.state.is_final() => Ok(Mended::quietly("go on")),
            Known::Agrees if refunds.iter().any(store::is_found) => {
                Ok(Mended::telling("agree", &listed, "has refunds that were written again before"))
            }
            Known::Agrees => Ok(Mended::quietly("agree")),
            Known::Note(step) => {
                self.advance(order, &step).await?;
                Ok(Mended::quietly("go on"))
            }
            Known::Undo(step) => {
                self.advance(order, &step).await?;
                Ok(Mended::telling("undone", &listed, "was under way, and is undone"))
            }
            Known::Refunds(found) => {
                for (n, amount) in &found {
                    store::found_refund(&self.redis, order.id, *n, *amount).await?;
                }
                let found: Vec<String> =
                    found.iter().map(|(n, amount)| format!("refund {n} of {amount}")).collect();
                let what = format!("has {}, written again without its lines", found.join(", "));
                Ok(Mended::telling("with refunds", &listed, &what))
            }
            Known::Disagrees(how) => {
                self.alarm(order, "gateway_disagrees");
                Ok(Mended::telling("need a person", &listed, how))
            }
        }
    }

    async fn mend_lost(&self, mut listed: ListedPayment) -> Result<Mended, Stuck> {
        let mut entries = Vec::new();
        let mut mended = Mended::telling("voided", &listed, "was lost, and is voided; nothing was charged");
        if restore::lost(&listed) == Lost::Void {
            match self.gateway.void(listed.order, Some(&listed.payment)).await? {
                Voided::Captured => listed.state = PaymentState::Captured,
                done @ Voided::Done { .. } => entries = restore::voided(&listed, done),
            }
        }
        match restore::lost(&listed) {
            Lost::Void => {}
            Lost::Nothing => {
                entries = restore::sent_back(&listed, None);
                mended = Mended::telling("refunded", &listed, "was lost; everything had gone back");
            }
            Lost::SendBack(rest) => {
                let sent = self.gateway.refund(listed.order, &listed.payment, 0, rest, true).await?;
                let back = (sent == RefundState::Done).then_some(rest);
                entries = restore::sent_back(&listed, back);
                mended = match sent {
                    RefundState::Done => {
                        Mended::telling("refunded", &listed, &format!("was lost; {rest} goes back"))
                    }
                    RefundState::Failed(code) => {
                        self.metrics.alarms.with_label_values(&["lost_and_not_refunded"]).inc();
                        let what = format!("was lost, and the gateway does not send {rest} back ({code})");
                        Mended::telling("need a person", &listed, &what)
                    }
                };
            }
        }
        fail_point!("payment.restore.undone");
        // The money first: where this process dies between, the order is found lost again.
        store::lost(&self.redis, &listed, &entries).await?;
        tracing::warn!(order = %listed.order, payment = listed.payment, done = mended.kind, "a lost order was written again");
        Ok(mended)
    }
}
