//! Wakes those who wait for an order that this replica moves.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use estore_contract::OrderId;
use tokio::sync::watch;

/// The orders that somebody waits for. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Watchers(Arc<Mutex<HashMap<OrderId, watch::Sender<()>>>>);

/// Waits for one order, until it is dropped.
#[derive(Debug)]
pub struct Watch {
    watchers: Watchers,
    order: OrderId,
    moved: watch::Receiver<()>,
}

impl Watchers {
    /// Begins to wait for `order`.
    #[must_use]
    pub fn watch(&self, order: OrderId) -> Watch {
        let moved = self.orders().entry(order).or_insert_with(|| watch::channel(()).0).subscribe();
        Watch { watchers: self.clone(), order, moved }
    }

    /// Wakes all that wait for `order`.
    pub fn wake(&self, order: OrderId) {
        if let Some(sender) = self.orders().get(&order) {
            sender.send_replace(());
        }
    }

    fn orders(&self) -> MutexGuard<'_, HashMap<OrderId, watch::Sender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch {
    /// Waits until the order has moved since the last call. If it has already, returns at once.
    pub async fn moved(&mut self) {
        // The sender lives as long as this watch.
        let _gone = self.moved.changed().await;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut orders = self.watchers.orders();
        // This watch still counts.
        if orders.get(&self.order).is_some_and(|sender| sender.receiver_count() <= 1) {
            orders.remove(&self.order);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn watch_is_woken_by_its_own_order() {
        let (watchers, orders) = (Watchers::default(), [1, 2].map(|n| OrderId(Uuid::from_u128(n))));
        let (mut first, mut second) = (watchers.watch(orders[0]), watchers.watch(orders[0]));
        watchers.wake(orders[1]);
        assert!(first.moved().now_or_never().is_none());
        watchers.wake(orders[0]);
        watchers.wake(orders[0]);
        assert!(first.moved().now_or_never().is_some() && second.moved().now_or_never().is_some());
        assert!(first.moved().now_or_never().is_none());
        drop(first);
        watchers.wake(orders[0]);
        assert!(second.moved().now_or_never().is_some());
        drop(second);
        assert!(watchers.orders().is_empty());
    }
}
