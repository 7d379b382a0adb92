//! Refunds. Each carries its number at Stripe, by which it is found again.

use estore_contract::{Money, OrderId};

use super::{
    Stripe, currency, key, meaning,
    wire::{Page, Refund},
};
use crate::gateway::{GatewayError, RefundState};

const PATH: &str = "v1/refunds";

impl Stripe {
    pub(super) async fn refund_once(
        &self,
        order: OrderId,
        payment: &str,
        n: u32,
        amount: Money,
    ) -> Result<RefundState, GatewayError> {
        let Some(minor) = currency::to_stripe(amount) else {
            return Ok(RefundState::Failed("amount_not_refundable".to_owned()));
        };
        // Also before the first attempt: a restore may have lost a refund of this number, and
        // Stripe forgets its key after a day.
        if let Some(refund) = self.find_refund(payment, n).await? {
            return of_amount(&refund, minor);
        }
        let form = [
            ("payment_intent", payment.to_owned()),
            ("amount", minor.to_string()),
            ("metadata[order_id]", order.to_string()),
            ("metadata[n]", n.to_string()),
        ];
        let reply = self.api.post::<Refund>(PATH, &key(order, &format!("refund:{n}")), &form).await?;
        let refusal = match reply.answer {
            Ok(refund) if !reply.replayed => return of_amount(&refund, minor),
            Ok(_how_it_stood) => None,
            Err(refusal) => Some(refusal),
        };
        // The refusal may be the answer to a repeat whose first request succeeded. Only Stripe's
        // list of refunds decides.
        match (self.find_refund(payment, n).await?, refusal) {
            (Some(refund), _) => of_amount(&refund, minor),
            (None, Some(refusal)) if refusal.is_never_refunded() => Ok(RefundState::Failed(refusal.word())),
            (None, Some(refusal)) => Err(refusal.outcome_unknown()),
            (None, None) => {
                Err(GatewayError::OutcomeUnknown("the refund was made, but is not listed".to_owned()))
            }
        }
    }

    /// Finds the payment's refund number `n`.
    async fn find_refund(&self, payment: &str, n: u32) -> Result<Option<Refund>, GatewayError> {
        let refunds = self.refunds_of(payment).await?;
        Ok(refunds.into_iter().find(|(number, _)| *number == n).map(|(_, refund)| refund))
    }

    /// Returns number and minor units of each refund of the payment that did not fail.
    pub(super) async fn made_refunds(
        &self,
        payment: &str,
        currency: &str,
    ) -> Result<Vec<(u32, i64)>, GatewayError> {
        let refunds = self.refunds_of(payment).await?.into_iter().filter(|(_, refund)| went_back(refund));
        let amount = |(n, refund): (u32, Refund)| {
            let invalid =
                || GatewayError::OutcomeUnknown(format!("the refund {} has no valid amount", refund.id));
            let money = currency::from_stripe(refund.amount, currency).ok_or_else(invalid)?;
            Ok((n, money.amount))
        };
        refunds.map(amount).collect()
    }

    /// Returns all refunds of the payment that have a number. A refund made by hand has none and is
    /// not ours.
    async fn refunds_of(&self, payment: &str) -> Result<Vec<(u32, Refund)>, GatewayError> {
        let mut numbered = Vec::new();
        let mut after = None::<String>;
        loop {
            let mut query = vec![("payment_intent", payment), ("limit", "100")];
            query.extend(after.as_deref().map(|id| ("starting_after", id)));
            let page = self
                .api
                .get::<Page<Refund>>(PATH, &query)
                .await?
                .map_err(|refusal| refusal.outcome_unknown())?;
            let last = page.data.last().map(|refund| refund.id.clone());
            numbered.extend(page.data.into_iter().filter_map(|refund| {
                let n = refund.metadata.as_ref()?.n.as_deref()?.parse().ok()?;
                Some((n, refund))
            }));
            match last {
                Some(last) if page.has_more => after = Some(last),
                _ => return Ok(numbered),
            }
        }
    }
}

/// Returns the state of `refund`, which is of `minor` units unless its number was used before.
fn of_amount(refund: &Refund, minor: i64) -> Result<RefundState, GatewayError> {
    if refund.amount == minor { meaning::refund(refund) } else { Ok(RefundState::Taken) }
}

/// Returns true unless the refund failed. A refund on its way counts, because Stripe no longer
/// counts its amount as refundable.
fn went_back(refund: &Refund) -> bool {
    !matches!(refund.status.as_deref(), Some("failed" | "canceled"))
}
