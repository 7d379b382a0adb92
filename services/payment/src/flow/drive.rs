//! Drives an order from one step to the next, until it is final or must be retried later.

use std::time::Duration;

use estore_base::{backoff, fail_point, random};

use super::{Flow, LONGEST_PAUSE, RetryLater};
use crate::{
    domain::{
        Order, State, StoredCard,
        protocol::{Step, apply, next_step},
    },
    store::orders::{self, Moved},
};

impl Flow {
    /// Takes step after step. Returns the order as last seen: final, or in the work set to be
    /// retried later.
    pub async fn drive(&self, mut order: Order) -> Order {
        let (mut card, resumed) = (None, order.attempts > 0);
        while !order.state.is_final() {
            match self.step(&order, card.take()).await {
                Ok(next) if next.order.version == order.version => return next.order,
                Ok(next) => (order, card) = (next.order, next.card),
                Err(reason) => {
                    tracing::warn!(order = %order.id, state = order.state.as_str(), attempts = order.attempts, error = %reason, "order cannot continue; will retry");
                    self.postpone(&order, backoff(order.attempts, LONGEST_PAUSE, random::fraction())).await;
                    return order;
                }
            }
        }
        if resumed && order.state == State::Completed {
            // A restore may have taken the order back to before its completion, and so to before
            // its refunds.
            if let Err(reason) = self.find_refunds(&order).await {
                tracing::warn!(order = %order.id, error = %reason, "cannot compare refunds with the gateway; the next refund will");
            }
        }
        order
    }

    /// Sends the protocol's commands until the protocol names a transition. `card` is the saved
    /// card, if the previous step brought it.
    async fn step(
        &self,
        order: &Order,
        mut card: Option<Option<Box<StoredCard>>>,
    ) -> Result<Moved, RetryLater> {
        let hold = time::Duration::try_from(self.hold).unwrap_or(time::Duration::MAX);
        let mut next = next_step(order, hold);
        loop {
            next = match next {
                Step::Command(command) => {
                    let outcome = self.send(order, &command, card.take()).await?;
                    apply(order, &command, outcome)
                }
                Step::Transition(step) => return Ok(self.take(order, &step).await?),
                Step::Alarm(alarm, next) => {
                    self.alarm(order, alarm);
                    *next
                }
                Step::RetryLater(why) => return Err(RetryLater::Protocol(why)),
            };
        }
    }

    /// Postpones the order. If even this fails, the order is retried when its lease ends.
    async fn postpone(&self, order: &Order, delay: Duration) {
        fail_point!("payment.postpone.before");
        if let Err(error) = orders::postpone(&self.redis, order, delay).await {
            tracing::warn!(order = %order.id, %error, "cannot postpone the order; will retry after its lease");
        }
    }
}
