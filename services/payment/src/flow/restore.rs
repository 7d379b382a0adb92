//! Repairs the store after a restore, one payment of the gateway after the other (order-flow
//! section 7). Each step may be repeated: work that is already done is recognised.

use estore_base::fail_point;
use estore_contract::Money;

use super::{Flow, RetryLater};
use crate::{
    Error,
    domain::{
        Order, Refund, RefundState, Refusal, Voided,
        protocol::restore::{self, Known, Lost},
    },
    gateway::{ListedPayment, PaymentState},
    store::{archive, refunds, restore as store},
};

/// The result for one payment: the name under which it is counted, and a line for the report if
/// there is more to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// The name in the count, such as `refunded`.
    pub kind: &'static str,
    /// The order, and the action taken.
    pub line: Option<String>,
}

impl Repaired {
    fn unreported(kind: &'static str) -> Self {
        Self { kind, line: None }
    }

    fn reported(kind: &'static str, listed: &ListedPayment, what: &str) -> Self {
        let ListedPayment { order, payment, amount, .. } = listed;
        Self { kind, line: Some(format!("order {order} ({payment}, {amount}) {what}")) }
    }
}

impl Flow {
    /// Makes the store agree with a payment that the gateway has. If `only_known`, the payment is
    /// older than the data that may be missing, or was repaired just now. An unknown order is then
    /// left alone, and one that agrees adds no line to the report.
    pub async fn repair(&self, listed: ListedPayment, only_known: bool) -> Result<Repaired, RetryLater> {
        fail_point!("payment.restore.before");
        let repaired = match refunds::list(&self.redis, listed.order).await {
            Ok((order, refunds)) => {
                if !only_known {
                    store::unsettle(&self.redis, order.id).await?;
                }
                let repaired = self.repair_known(&order, &refunds, listed).await?;
                if only_known && repaired.kind == "agree" { Repaired::unreported("agree") } else { repaired }
            }
            Err(Error::NotFound) if archive::was_archived(&self.redis, listed.order).await? => {
                Repaired::unreported("archived")
            }
            Err(Error::NotFound) if only_known => Repaired::unreported("not known and left alone"),
            Err(Error::NotFound) => self.repair_lost(listed).await?,
            Err(error) => return Err(error.into()),
        };
        fail_point!("payment.restore.written");
        Ok(repaired)
    }

    async fn repair_known(
        &self,
        order: &Order,
        refunds: &[Refund],
        mut listed: ListedPayment,
    ) -> Result<Repaired, RetryLater> {
        let hold = time::Duration::try_from(self.hold).unwrap_or(time::Duration::MAX);
        let mut known = restore::known(order, refunds, &listed, hold);
        if matches!(known, Known::Disagrees(_)) {
            // While the shop is open, the order may have gone on since the list was made.
            listed.state = self.gateway.read(listed.order, &listed.payment).await?;
            known = restore::known(order, refunds, &listed, hold);
        }
        match known {
            // The report of a run that was interrupted may have been lost.
            Known::Agrees if order.failure.as_ref() == Some(&Refusal::lost()) => {
                Ok(Repaired::reported("agree", &listed, "was lost, and was undone by an earlier run"))
            }
            Known::Agrees if !order.state.is_final() => Ok(Repaired::unreported("go on")),
            Known::Agrees if refunds.iter().any(store::is_found) => {
                Ok(Repaired::reported("agree", &listed, "has refunds that an earlier run restored"))
            }
            Known::Agrees => Ok(Repaired::unreported("agree")),
            Known::Note(step) => {
                self.advance(order, &step).await?;
                Ok(Repaired::unreported("go on"))
            }
            Known::Undo(step) => {
                self.advance(order, &step).await?;
                Ok(Repaired::reported("undone", &listed, "was in progress, and is being undone"))
            }
            Known::Refunds(found) => {
                let what =
                    format!("has {}, restored without its lines", self.write_found(order, &found).await?);
                Ok(Repaired::reported("with refunds", &listed, &what))
            }
            Known::Disagrees(how) => {
                self.alarm(order, "gateway_disagrees");
                Ok(Repaired::reported("need a person", &listed, how))
            }
        }
    }

    /// Makes a completed order have the refunds that the gateway made. Returns true if any were
    /// missing: a restore lost them, and `after-restore` could not see them, or not write them yet.
    pub(super) async fn find_refunds(&self, order: &Order) -> Result<bool, RetryLater> {
        let (Some(payment), Some((_, total))) = (&order.payment, &order.priced) else { return Ok(false) };
        if total.is_zero() {
            return Ok(false);
        }
        let made = self.gateway.refunds(order.id, payment, total.currency).await?;
        if made.is_empty() {
            return Ok(false);
        }
        // Read after the gateway's list: so the store has each refund that it requested itself.
        let (order, refunds) = refunds::list(&self.redis, order.id).await?;
        match restore::completed(&refunds, &made, total.currency) {
            Known::Refunds(found) => {
                let what = self.write_found(&order, &found).await?;
                tracing::warn!(order = %order.id, what, "refunds restored from the gateway");
                Ok(true)
            }
            Known::Disagrees(how) => {
                self.alarm(&order, "gateway_disagrees");
                Err(Error::Disagrees(how).into())
            }
            _ => Ok(false),
        }
    }

    /// Does the same before a refund is booked. If the gateway does not answer, the refund goes on:
    /// before money moves, the gateway looks for a refund of its number.
    pub(crate) async fn find_refunds_first(&self, order: &Order) -> Result<bool, Error> {
        match self.find_refunds(order).await {
            Ok(found) => Ok(found),
            Err(RetryLater::Store(error)) => Err(error),
            Err(reason) => {
                tracing::warn!(order = %order.id, error = %reason, "cannot compare refunds with the gateway; will look for the refund by its number");
                Ok(false)
            }
        }
    }

    /// Writes refunds that were found at the gateway, and returns them as text.
    async fn write_found(&self, order: &Order, found: &[(u32, Money)]) -> Result<String, Error> {
        for (n, amount) in found {
            store::found_refund(&self.redis, order.id, *n, *amount).await?;
        }
        let found: Vec<String> = found.iter().map(|(n, amount)| format!("refund {n} of {amount}")).collect();
        Ok(found.join(", "))
    }

    async fn repair_lost(&self, mut listed: ListedPayment) -> Result<Repaired, RetryLater> {
        let mut entries = Vec::new();
        let mut repaired =
            Repaired::reported("voided", &listed, "was lost, and its payment is voided; nothing was charged");
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
                repaired =
                    Repaired::reported("refunded", &listed, "was lost; everything was refunded before");
            }
            Lost::SendBack(rest) => {
                let sent = self.gateway.refund(listed.order, &listed.payment, 0, rest).await?;
                let back = (sent == RefundState::Done).then_some(rest);
                entries = restore::sent_back(&listed, back);
                repaired = match sent.failure() {
                    None => Repaired::reported("refunded", &listed, &format!("was lost; {rest} is refunded")),
                    Some(code) => {
                        self.metrics.alarms.with_label_values(&["lost_and_not_refunded"]).inc();
                        let what = format!("was lost, and the gateway does not refund {rest} ({code})");
                        Repaired::reported("need a person", &listed, &what)
                    }
                };
            }
        }
        fail_point!("payment.restore.undone");
        // The money first: if this process dies in between, the next run finds the order lost
        // again.
        store::lost(&self.redis, &listed, &entries).await?;
        tracing::warn!(order = %listed.order, payment = listed.payment, done = repaired.kind, "lost order restored from the gateway");
        Ok(repaired)
    }
}
