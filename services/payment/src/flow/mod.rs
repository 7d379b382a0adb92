//! What moves orders and refunds on: the protocol's questions asked of the real Inventory, gateway and store, whether by a
//! request or by the worker.

mod ask;
mod drive;
mod refund;
mod restore;

pub use restore::Mended;

use std::{sync::Arc, time::Duration};

use estore_kit::{fail_point, redis::Redis, seal::KeyRing};

use crate::{
    Error,
    domain::{Order, protocol::Move},
    gateway::{CardGateway, Silence},
    metrics::Metrics,
    peers::{Inventory, Refused},
    store::orders::{self, Moved},
};

/// The longest pause before an order or a refund is tried again (order-flow section 5); the store's library has it too.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

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
    /// The protocol says: not now.
    #[error("{0}")]
    Protocol(&'static str),
}

impl Stuck {
    /// In one word, for traces.
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
    /// Takes `step`; where somebody else moved the order meanwhile, answers it as it is now.
    pub async fn advance(&self, order: &Order, step: &Move) -> Result<Order, Error> {
        self.take(order, step).await.map(|moved| moved.order)
    }

    /// The same, with the card if that is needed next.
    async fn take(&self, order: &Order, step: &Move) -> Result<Moved, Error> {
        let (from, to) = (order.state.as_str(), step.to.as_str());
        fail_point!("payment.{to}.before");
        let moved = orders::advance(&self.redis, order, step, self.lease).await?;
        fail_point!("payment.{to}.written");
        match moved {
            Ok(moved) => {
                let order = &moved.order;
                self.metrics.moved(order, step);
                // One line for each order that ends; its steps are for whoever looks closer.
                if step.to.is_final() {
                    tracing::info!(order = %order.id, from, to, version = order.version, "order ended");
                } else {
                    tracing::debug!(order = %order.id, from, to, version = order.version, "order moved");
                }
                if let Some(alarm) = step.alarm {
                    self.alarm(order, alarm);
                }
                Ok(moved)
            }
            Err(now) => {
                tracing::info!(order = %now.id, state = now.state.as_str(), "somebody else moved the order");
                Ok(Moved { order: now, card: None })
            }
        }
    }

    /// Something that should never happen to `order`: it asks for a person.
    fn alarm(&self, order: &Order, alarm: &'static str) {
        self.metrics.alarms.with_label_values(&[alarm]).inc();
        tracing::error!(order = %order.id, state = order.state.as_str(), alarm, "this should never happen");
    }
}
