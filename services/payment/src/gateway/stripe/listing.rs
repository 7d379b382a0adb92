//! Lists the payments in Stripe's own records, to repair a stale store (order-flow section 7).

use estore_contract::OrderId;
use time::OffsetDateTime;

use super::{
    Stripe, currency, meaning,
    wire::{Expandable, Intent, Page, Refund},
};
use crate::gateway::{GatewayError, ListedPayment, PaymentState};

impl Stripe {
    /// Returns the next payments that carry an order's id, newest first. An account may have other
    /// payments between them.
    pub(super) async fn page(
        &self,
        since: OffsetDateTime,
        after: Option<&str>,
    ) -> Result<Vec<ListedPayment>, GatewayError> {
        let since = since.unix_timestamp().to_string();
        let mut after = after.map(str::to_owned);
        loop {
            let mut query =
                vec![("created[gte]", since.as_str()), ("limit", "100"), ("expand[]", "data.latest_charge")];
            query.extend(after.as_deref().map(|id| ("starting_after", id)));
            let page = self.api.get::<Page<Intent>>("v1/payment_intents", &query).await?;
            let page = page.map_err(|refusal| refusal.outcome_unknown())?;
            let last = page.data.last().map(|intent| intent.id.clone());
            let mut ours = Vec::new();
            for intent in page.data {
                if let Some(order) = order_of(&intent) {
                    ours.push(self.listed(order, intent).await?);
                }
            }
            match last {
                Some(last) if ours.is_empty() && page.has_more => after = Some(last),
                _ => return Ok(ours),
            }
        }
    }

    async fn listed(&self, order: OrderId, intent: Intent) -> Result<ListedPayment, GatewayError> {
        let state = meaning::state(&intent)?;
        let amount = currency::from_stripe(intent.amount, &intent.currency).ok_or_else(|| {
            GatewayError::OutcomeUnknown(format!("the payment {} has no valid amount", intent.id))
        })?;
        // Most payments have no refund. Their charge says so, which saves a request.
        let untouched =
            matches!(&intent.latest_charge, Some(Expandable::Charge(charge)) if charge.amount_refunded == 0);
        let refunds = if state == PaymentState::Captured && !untouched {
            self.refunds_of(&intent.id).await?
        } else {
            Vec::new()
        };
        let refunds = refunds.into_iter().filter(|(_, refund)| went_back(refund)).map(|(n, refund)| {
            currency::from_stripe(refund.amount, &intent.currency).map(|money| (n, money.amount)).ok_or_else(
                || GatewayError::OutcomeUnknown(format!("the refund {} has no valid amount", refund.id)),
            )
        });
        let refunds = refunds.collect::<Result<_, _>>()?;
        let user = intent.metadata.and_then(|metadata| metadata.user_id?.parse().ok());
        Ok(ListedPayment { payment: intent.id, order, user, amount, state, refunds })
    }
}

fn order_of(intent: &Intent) -> Option<OrderId> {
    intent.metadata.as_ref()?.order_id.as_deref()?.parse().ok()
}

/// Returns true unless the refund failed. A refund on its way counts, because Stripe no longer
/// counts its amount as refundable.
fn went_back(refund: &Refund) -> bool {
    !matches!(refund.status.as_deref(), Some("failed" | "canceled"))
}
