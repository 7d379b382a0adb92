//! Refunds: each has its number at Stripe, by which it is found again.

use estore_contract::{Money, OrderId};

use super::{
    Stripe, currency, key, meaning,
    wire::{Page, Refund},
};
use crate::gateway::{RefundState, Silence};

const PATH: &str = "v1/refunds";

impl Stripe {
    pub(super) async fn refund_once(
        &self,
        order: OrderId,
        payment: &str,
        n: u32,
        amount: Money,
        again: bool,
    ) -> Result<RefundState, Silence> {
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
        // A refusal may be of a repeat, whose first one went through: only what Stripe has decides.
        match (self.find_refund(payment, n).await?, refusal) {
            (Some(refund), _) => meaning::refund(&refund),
            (None, Some(refusal)) if refusal.is_never_refunded() => Ok(RefundState::Failed(refusal.word())),
            (None, Some(refusal)) => Err(refusal.silence()),
            (None, None) => Err(Silence("the refund was made, and is not listed".to_owned())),
        }
    }

    /// The payment's refund number `n`.
    async fn find_refund(&self, payment: &str, n: u32) -> Result<Option<Refund>, Silence> {
        let refunds = self.refunds_of(payment).await?;
        Ok(refunds.into_iter().find(|(number, _)| *number == n).map(|(_, refund)| refund))
    }

    /// All refunds of the payment that have a number. One that somebody made by hand has none, and is not ours.
    pub(super) async fn refunds_of(&self, payment: &str) -> Result<Vec<(u32, Refund)>, Silence> {
        let mut numbered = Vec::new();
        let mut after = None::<String>;
        loop {
            let mut query = vec![("payment_intent", payment), ("limit", "100")];
            query.extend(after.as_deref().map(|id| ("starting_after", id)));
            let page =
                self.api.get::<Page<Refund>>(PATH, &query).await?.map_err(|refusal| refusal.silence())?;
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
