//! Writes of this replica whose outcome it could not read. The store answers for the affected
//! products until a read succeeds.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use estore_contract::Sku;

use super::row::Ticket;

#[derive(Debug, Default)]
pub(super) struct Doubts {
    what: Mutex<What>,
    count: AtomicUsize,
}

/// The affected products and tree, each with the ticket of its latest unread write.
#[derive(Debug, Default, Clone)]
pub(super) struct What {
    pub(super) skus: BTreeMap<Sku, Ticket>,
    pub(super) tree: Option<Ticket>,
}

impl Doubts {
    pub(super) fn any(&self) -> bool {
        self.count.load(Ordering::Acquire) > 0
    }

    pub(super) fn of(&self, sku: &Sku) -> bool {
        self.any() && self.all().skus.contains_key(sku)
    }

    pub(super) fn all(&self) -> What {
        self.what.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut What)) {
        let mut what = self.what.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut what);
        self.count.store(what.skus.len() + usize::from(what.tree.is_some()), Ordering::Release);
    }

    pub(super) fn add(&self, skus: impl IntoIterator<Item = Sku>, ticket: Ticket) {
        self.change(|what| what.skus.extend(skus.into_iter().map(|sku| (sku, ticket))));
    }

    pub(super) fn add_tree(&self, ticket: Ticket) {
        self.change(|what| what.tree = Some(ticket));
    }

    /// Removes the entries that a read with this ticket has settled.
    pub(super) fn clear(&self, skus: impl IntoIterator<Item = Sku>, ticket: Ticket) {
        if self.any() {
            self.change(|what| {
                for sku in skus {
                    if what.skus.get(&sku).is_some_and(|doubt| *doubt < ticket) {
                        what.skus.remove(&sku);
                    }
                }
            });
        }
    }

    pub(super) fn clear_tree(&self, ticket: Ticket) {
        if self.any() {
            self.change(|what| {
                if what.tree.is_some_and(|doubt| doubt < ticket) {
                    what.tree = None;
                }
            });
        }
    }
}
