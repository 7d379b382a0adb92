//! The answers that were not compared yet, and the number of orders whose answers never were.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use estore_checker::history::Op;
use estore_contract::OrderId;

/// The last known operation on each order since its last comparison. It has no more orders than the
/// history has operations.
#[derive(Debug, Default)]
pub(crate) struct Uncompared {
    last: Mutex<HashMap<OrderId, u64>>,
    forgotten: AtomicU64,
}

impl Uncompared {
    /// Notes an operation that has ended.
    pub(super) fn ended(&self, op: &Op) {
        let Some(order) = op.kind.order().filter(|_| op.is_known()) else { return };
        let mut all = self.last();
        let last = all.entry(order).or_default();
        *last = op.id.max(*last);
    }

    /// Notes that an order was compared with its operations up to `last`.
    pub(super) fn compared(&self, order: OrderId, last: u64) {
        let mut all = self.last();
        if all.get(&order).is_some_and(|known| *known <= last) {
            all.remove(&order);
        }
    }

    /// Notes that the history has no room for an operation any more. Its order is forgotten if its
    /// latest answers were not compared.
    pub(super) fn dropped(&self, op: &Op) {
        let Some(order) = op.kind.order() else { return };
        let mut all = self.last();
        let is_last = all.get(&order) == Some(&op.id);
        if is_last {
            all.remove(&order);
        }
        // The answer to an operation in progress comes too late.
        if is_last || op.ended_ms.is_none() {
            self.forgotten.fetch_add(1, Relaxed);
        }
    }

    /// Returns the number of times that an order was forgotten.
    pub(super) fn forgotten(&self) -> u64 {
        self.forgotten.load(Relaxed)
    }

    fn last(&self) -> MutexGuard<'_, HashMap<OrderId, u64>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use estore_checker::history::{OpKind, Outcome, Seen};

    use super::*;
    use crate::history::History;

    /// Returns a history of two operations, and what it tells.
    fn stage() -> (History, Arc<Uncompared>) {
        let all = Arc::<Uncompared>::default();
        let (ended, dropped) = (all.clone(), all.clone());
        let history = History::of_latest(2).watched(move |op| ended.ended(op));
        (history.forgetting(move |op| dropped.dropped(op)), all)
    }

    fn order(at: u64) -> OrderId {
        OrderId::of("0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01".parse().unwrap(), &at.to_string())
    }

    fn read(history: &History, at: u64, outcome: Option<Outcome>) -> u64 {
        let id = history.invoke(0, OpKind::Read { order: order(at) });
        if let Some(outcome) = outcome {
            history.end(id, outcome);
        }
        id
    }

    fn ok() -> Outcome {
        Outcome::Ok { status: 200, seen: Seen::Nothing }
    }

    #[test]
    fn order_that_was_compared_is_not_forgotten() {
        let (history, all) = stage();
        let id = read(&history, 1, Some(ok()));
        all.compared(order(1), id);
        for _ in 0..2 {
            read(&history, 2, Some(ok()));
        }
        assert_eq!(all.forgotten(), 0);
        // The first answer about the second order is followed by another, which is kept.
        read(&history, 1, Some(ok()));
        assert_eq!(all.forgotten(), 0);
        for _ in 0..2 {
            read(&history, 3, Some(ok()));
        }
        assert_eq!(all.forgotten(), 2, "neither order was compared with its latest answer");
    }

    #[test]
    fn answer_after_its_place_is_forgotten() {
        let (history, all) = stage();
        read(&history, 1, None);
        let unknown = || Some(Outcome::Unknown { why: "no answer".to_owned() });
        for at in 2..5 {
            read(&history, at, unknown());
        }
        assert_eq!(all.forgotten(), 1, "an unknown outcome is no answer");
    }
}
