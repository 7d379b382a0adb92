//! Lists the payments in Stripe's own records, to repair a stale store (order-flow section 7).

use estore_contract::OrderId;
use time::OffsetDateTime;

use super::{
    Stripe, currency, meaning,
    wire::{Expandable, Intent, Page, Status},
};
use crate::gateway::{GatewayError, ListedPayment};

/// The most payments of one page whose refunds are read, one request each. A caller has 30 s.
const MOST_READ: usize = 10;

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
            let (mut ours, mut read) = (Vec::new(), 0);
            for intent in page.data {
                if let Some(order) = order_of(&intent) {
                    read += usize::from(may_be_refunded(&intent));
                    // The caller goes on after the last one that it got.
                    if read > MOST_READ {
                        return Ok(ours);
                    }
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
        let refunds = if may_be_refunded(&intent) {
            self.made_refunds(&intent.id, &intent.currency).await?
        } else {
            Vec::new()
        };
        let user = intent.metadata.and_then(|metadata| metadata.user_id?.parse().ok());
        Ok(ListedPayment { payment: intent.id, order, user, amount, state, refunds })
    }
}

/// Returns true unless the payment's charge says that nothing was refunded. That saves a request
/// for most payments.
fn may_be_refunded(intent: &Intent) -> bool {
    intent.status == Status::Succeeded
        && !matches!(&intent.latest_charge, Some(Expandable::Charge(charge)) if charge.amount_refunded == 0)
}

fn order_of(intent: &Intent) -> Option<OrderId> {
    intent.metadata.as_ref()?.order_id.as_deref()?.parse().ok()
}
