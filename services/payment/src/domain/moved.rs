//! An order after a transition, computed as the store has it. The caller that moved it needs no
//! second read.

use estore_contract::payment::TransactionType::{Authorization, Refund};
use time::{Duration, OffsetDateTime};

use super::{Order, protocol::Transition};

impl Order {
    /// Returns this order after `step`, which the store applied at `now`.
    #[must_use]
    pub fn moved(self, step: &Transition, now: OffsetDateTime) -> Self {
        let authorizes =
            |entry: &super::protocol::Entry| entry.kind == Authorization && !entry.amount.is_zero();
        let refunds = step.entries.iter().filter(|entry| entry.kind == Refund);
        let (priced, deadline) = match &step.priced {
            Some((lines, total, deadline)) => {
                let deadline = OffsetDateTime::UNIX_EPOCH.checked_add(Duration::milliseconds(*deadline));
                (Some((lines.clone(), *total)), deadline)
            }
            None => (self.priced, self.deadline),
        };
        Self {
            state: step.to,
            version: self.version + 1,
            attempts: 0,
            priced,
            deadline,
            payment: step.payment.clone().or(self.payment),
            has_authorization: self.has_authorization || step.entries.iter().any(authorizes),
            failure: step.failure.clone().or(self.failure),
            refunded: refunds.fold(self.refunded, |sum, entry| sum.saturating_add(entry.amount.amount)),
            updated_at: now,
            now,
            ..self
        }
    }
}
