//! Drives orders and refunds: sends the protocol's commands to the real Inventory, gateway and
//! store. Both requests and the worker use it.

mod drive;
mod refund;
mod restore;
mod send;
mod watchers;

pub use restore::Repaired;
pub use watchers::{Watch, Watchers};

use std::{sync::Arc, time::Duration};

use estore_base::{fail_point, seal::KeyRing};
use estore_stores::redis::Redis;

use crate::{
    Error,
    domain::{Order, protocol::Transition},
    gateway::{CardGateway, GatewayError},
    metrics::Metrics,
    peers::{Inventory, Refused},
    store::orders::{self, Moved},
};

/// The longest pause before an order or a refund is retried (order-flow section 5). The store's
/// library has the same limit.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// The dependencies of the steps.
#[derive(Clone)]
pub struct Flow {
    /// The order store.
    pub redis: Redis,
    /// The client of the Inventory Service.
    pub inventory: Inventory,
    pub gateway: Arc<dyn CardGateway>,
    /// Decrypts saved cards.
    pub card_keys: KeyRing,
    /// The lease: the time for which an order stays with the caller that moved it last.
    pub lease: Duration,
    /// The time for which an order that holds no stock yet is tried.
    pub hold: Duration,
    /// The service's metrics.
    pub metrics: Metrics,
    /// Woken when an order moves.
    pub watchers: Watchers,
}

/// The reason why an order must be retried later. It stays in the work set.
#[derive(Debug, thiserror::Error)]
pub enum RetryLater {
    /// The outcome at Inventory is unknown.
    #[error(transparent)]
    Inventory(#[from] Refused),
    /// The outcome at the gateway is unknown.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// The outcome in the store is unknown.
    #[error(transparent)]
    Store(#[from] Error),
    /// The protocol decided to retry later.
    #[error("{0}")]
    Protocol(&'static str),
}

impl RetryLater {
    /// Returns the kind in one word, for traces.
    const fn kind(&self) -> &'static str {
        match self {
            Self::Inventory(_) => "inventory",
            Self::Gateway(_) => "gateway",
            Self::Store(_) => "store",
            Self::Protocol(_) => "protocol",
        }
    }
}

impl Flow {
    /// Applies `step`. If another caller moved the order meanwhile, returns the order in its
    /// current state.
    pub async fn advance(&self, order: &Order, step: &Transition) -> Result<Order, Error> {
        self.take(order, step).await.map(|moved| moved.order)
    }

    /// Does the same, and also returns the card if the next step needs it.
    async fn take(&self, order: &Order, step: &Transition) -> Result<Moved, Error> {
        let (from, to) = (order.state.as_str(), step.to.as_str());
        fail_point!("payment.{to}.before");
        let moved = orders::advance(&self.redis, order, step, self.lease).await;
        if let (Err(Error::OutcomeUnknown(_)), Some(alarm)) = (&moved, step.alarm) {
            // The order may have moved, and then no other worker finds this again.
            self.alarm(order, alarm);
        }
        let moved = moved?;
        fail_point!("payment.{to}.written");
        match moved {
            Ok(moved) => {
                let order = &moved.order;
                self.metrics.moved(order, step);
                self.watchers.wake(order.id);
                // One info line for each order that ends. The single steps are debug lines.
                if step.to.is_final() {
                    let failure = order.failure.as_ref();
                    let reason = failure.map(|failure| failure.code.as_str());
                    let decline_code = failure.and_then(|failure| failure.decline_code.as_deref());
                    tracing::info!(
                        order = %order.id, from, to, version = order.version, reason, decline_code, "order ended"
                    );
                } else {
                    tracing::debug!(order = %order.id, from, to, version = order.version, "order changed state");
                }
                if let Some(alarm) = step.alarm {
                    self.alarm(order, alarm);
                }
                Ok(moved)
            }
            Err(now) => {
                tracing::info!(order = %now.id, state = now.state.as_str(), "order was changed by another worker; using its new state");
                Ok(Moved { order: now, card: None })
            }
        }
    }

    /// Raises an alarm for an operator: something happened to `order` that should never happen.
    fn alarm(&self, order: &Order, alarm: &'static str) {
        self.metrics.alarms.with_label_values(&[alarm]).inc();
        tracing::error!(order = %order.id, state = order.state.as_str(), alarm, "alarm raised; the order needs a person");
    }
}
