//! What moves an order on (order-flow sections 3 and 4): the same steps, whether a request or the worker takes them.

mod cancel;
mod drive;
mod step;

use std::{sync::Arc, time::Duration};

use estore_kit::{redis::Redis, seal::KeyRing};

use crate::{
    Error,
    domain::{Order, Refusal, State},
    gateway::{CardGateway, Silence},
    metrics::Metrics,
    peers::{Inventory, Refused},
    store::orders::{self, Patch},
};

/// What the steps need.
#[derive(Clone)]
pub struct Flow {
    /// The orders.
    pub redis: Redis,
    /// The stock.
    pub inventory: Inventory,
    /// The money.
    pub gateway: Arc<dyn CardGateway>,
    /// Opens saved cards.
    pub card_keys: KeyRing,
    /// How long an order stays with whoever moved it last.
    pub lease: Duration,
    /// How long an order that holds no stock yet is tried.
    pub hold: Duration,
    /// Counts.
    pub metrics: Metrics,
}

/// Why an order could not go on now. It stays in the work set.
#[derive(Debug, thiserror::Error)]
pub enum Stuck {
    /// Inventory's answer is unknown.
    #[error(transparent)]
    Inventory(#[from] Refused),
    /// The gateway's answer is unknown.
    #[error(transparent)]
    Gateway(#[from] Silence),
    /// The store's answer is unknown.
    #[error(transparent)]
    Store(#[from] Error),
    /// The order does not hold what its state needs: a bug.
    #[error("the order has no {0}")]
    Incomplete(&'static str),
}

impl Flow {
    /// Moves `order` to `to`; where somebody else moved it meanwhile, answers it as it is now.
    async fn advance(&self, order: &Order, to: State, patch: Patch) -> Result<Order, Stuck> {
        match orders::advance(&self.redis, order, to, patch, self.lease).await? {
            Ok(order) => {
                self.metrics.transitions.with_label_values(&[to.as_str()]).inc();
                tracing::info!(order = %order.id, to = to.as_str(), version = order.version, "order moved");
                Ok(order)
            }
            Err(now) => {
                tracing::info!(order = %now.id, state = now.state.as_str(), "somebody else moved the order");
                Ok(now)
            }
        }
    }

    /// Begins to undo `order`, because of `refusal`.
    async fn refuse(&self, order: &Order, refusal: &Refusal) -> Result<Order, Stuck> {
        self.advance(order, State::Cancelling, Patch::none().failure(refusal)).await
    }

    /// Something that should never happen to `order`: it asks for a person.
    fn alarm(&self, order: &Order, alarm: &'static str) {
        self.metrics.alarms.with_label_values(&[alarm]).inc();
        tracing::error!(order = %order.id, state = order.state.as_str(), alarm, "this should never happen");
    }
}
