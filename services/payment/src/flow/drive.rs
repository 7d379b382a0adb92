//! From one step to the next, until the order is final or stuck.

use std::time::Duration;

use estore_kit::{fail_point, jobs::backoff, random};

use super::{Flow, LONGEST_PAUSE, Stuck};
use crate::{
    domain::{
        Order, StoredCard,
        protocol::{Next, begin, then},
    },
    store::orders::{self, Moved},
};

impl Flow {
    /// Takes step after step. Answers the order as it was last seen: final, or stuck and in the work set.
    pub async fn drive(&self, mut order: Order) -> Order {
        let mut card = None;
        while !order.state.is_final() {
            match self.step(&order, card.take()).await {
                Ok(next) if next.order.version == order.version => return next.order,
                Ok(next) => (order, card) = (next.order, next.card),
                Err(stuck) => {
                    tracing::warn!(order = %order.id, state = order.state.as_str(), attempts = order.attempts, error = %stuck, "order stuck; it will be tried again");
                    self.postpone(&order, backoff(order.attempts, LONGEST_PAUSE, random::fraction())).await;
                    return order;
                }
            }
        }
        order
    }

    /// Asks what the protocol asks, until it says what the order moves to. `card` is the saved card, if the step before
    /// brought it.
    async fn step(&self, order: &Order, mut card: Option<Option<Box<StoredCard>>>) -> Result<Moved, Stuck> {
        let hold = time::Duration::try_from(self.hold).unwrap_or(time::Duration::MAX);
        let mut next = begin(order, hold);
        loop {
            next = match next {
                Next::Ask(ask) => then(order, &ask, self.ask(order, &ask, card.take()).await?),
                Next::Move(step) => return Ok(self.take(order, &step).await?),
                Next::Alarm(alarm, next) => {
                    self.alarm(order, alarm);
                    *next
                }
                Next::Stuck(why) => return Err(Stuck::Protocol(why)),
            };
        }
    }

    /// Where even this fails, the lease brings the order back.
    async fn postpone(&self, order: &Order, delay: Duration) {
        fail_point!("payment.postpone.before");
        if let Err(error) = orders::postpone(&self.redis, order, delay).await {
            tracing::warn!(order = %order.id, %error, "cannot say when the order is tried again; its lease will end");
        }
    }
}
