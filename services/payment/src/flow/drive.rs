//! From one step to the next, until the order is final or stuck.

use std::time::Duration;

use estore_kit::random;

use super::{Flow, Stuck};
use crate::{
    domain::{Order, Refusal, backoff},
    store::orders,
};

impl Flow {
    /// Takes step after step. Answers the order as it was last seen: final, or stuck and in the work set.
    pub async fn drive(&self, mut order: Order) -> Order {
        while !order.state.is_final() {
            match self.next(&order).await {
                Ok(next) if next.version == order.version => return next,
                Ok(next) => order = next,
                Err(stuck) => {
                    tracing::warn!(order = %order.id, state = order.state.as_str(), attempts = order.attempts, error = %stuck, "order stuck; it will be tried again");
                    self.postpone(&order, backoff(order.attempts, random::fraction())).await;
                    return order;
                }
            }
        }
        order
    }

    async fn next(&self, order: &Order) -> Result<Order, Stuck> {
        if order.state.can_time_out() && self.is_late(order) {
            return self.refuse(order, &Refusal::timed_out()).await;
        }
        self.step(order).await
    }

    /// Whether the time for this order is over, by the store's clock: its hold ended, or it got none.
    fn is_late(&self, order: &Order) -> bool {
        order.now >= order.deadline.unwrap_or(order.created_at + self.hold)
    }

    /// Where even this fails, the lease brings the order back.
    async fn postpone(&self, order: &Order, delay: Duration) {
        if let Err(error) = orders::postpone(&self.redis, order, delay).await {
            tracing::warn!(order = %order.id, %error, "cannot say when the order is tried again; its lease will end");
        }
    }
}
