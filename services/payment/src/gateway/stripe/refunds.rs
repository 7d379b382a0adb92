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
        again: bool,
    ) -> Result<RefundState, GatewayError> {
        if again && let Some(refund) = self.find_refund(payment, n).await? {
            return meaning::refund(&refund);
        }
        let Some(minor) = currency::to_stripe(amount) else {
            return Ok(RefundState::Failed("amount_not_refundable".to_owned()));
        };
        let form = [
            ("payment_intent", payment.to_owned()),
            ("amount", minor.to_string()),
            ("metadata[order_id]", order.to_string()),
            ("metadata[n]", n.to_string()),
        ];
        let reply = self.api.post::<Refund>(PATH, &key(order, &format!("refund:{n}")), &form).await?;
        let refusal = match reply.answer {
            Ok(refund) if !reply.replayed => return meaning::refund(&refund),
            Ok(_how_it_stood) => None,
            Err(refusal) => Some(refusal),
        };
        // The refusal may be the answer to a repeat whose first request succeeded. Only Stripe's
        // list of refunds decides.
        match (self.find_refund(payment, n).await?, refusal) {
            (Some(refund), _) => meaning::refund(&refund),
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

    /// Returns all refunds of the payment that have a number. A refund made by hand has none and is
    /// not ours.
    pub(super) async fn refunds_of(&self, payment: &str) -> Result<Vec<(u32, Refund)>, GatewayError> {
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
