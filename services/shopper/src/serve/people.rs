//! The buyers, those of them who are free, and the admin.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use estore_contract::Sku;

use crate::load::{Buyer, Refunder};

/// The people of the load. One job lets them in, one after another.
#[derive(Default)]
pub(crate) struct People {
    admin: OnceLock<Arc<Refunder>>,
    visitor: OnceLock<()>,
    buyers: Mutex<Vec<Arc<Buyer>>>,
    free: Mutex<VecDeque<Arc<Buyer>>>,
    /// The products for sale.
    shelf: Mutex<Vec<Sku>>,
}

impl People {
    /// Lets the admin in.
    pub(super) fn enter_admin(&self, admin: Refunder) {
        let _first = self.admin.set(Arc::new(admin));
    }

    /// Notes that the account for visitors exists, or is lost.
    pub(super) fn enter_visitor(&self) {
        let _first = self.visitor.set(());
    }

    pub(super) fn has_visitor(&self) -> bool {
        self.visitor.get().is_some()
    }

    /// Lets a buyer in.
    pub(super) fn enter(&self, buyer: Buyer) {
        let buyer = Arc::new(buyer);
        lock(&self.buyers).push(buyer.clone());
        self.give_back(buyer);
    }

    pub(super) fn admin(&self) -> Option<&Arc<Refunder>> {
        self.admin.get()
    }

    /// Returns the number of buyers.
    pub(super) fn count(&self) -> usize {
        lock(&self.buyers).len()
    }

    /// Returns the number of buyers who cannot log in any more.
    pub(super) fn shut_out(&self) -> usize {
        lock(&self.buyers).iter().filter(|buyer| buyer.is_shut_out()).count()
    }

    /// Returns the buyer with this number.
    pub(super) fn buyer(&self, number: u32) -> Option<Arc<Buyer>> {
        lock(&self.buyers).iter().find(|buyer| buyer.number == number).cloned()
    }

    /// Takes the buyer who has been free the longest, so that all take part alike, and each stays
    /// within the limits of an account.
    pub(super) fn take(&self) -> Option<Arc<Buyer>> {
        lock(&self.free).pop_front()
    }

    /// Offers these products from now on.
    pub(super) fn offer(&self, skus: Vec<Sku>) {
        *lock(&self.shelf) = skus;
    }

    /// Returns the products for sale.
    pub(super) fn shelf(&self) -> Vec<Sku> {
        lock(&self.shelf).clone()
    }

    /// Gives back a buyer who is free again. One who is shut out takes no more steps.
    pub(super) fn give_back(&self, buyer: Arc<Buyer>) {
        if buyer.is_shut_out() {
            tracing::warn!(buyer = buyer.number, "account of a buyer is lost; registers another");
        } else {
            lock(&self.free).push_back(buyer);
        }
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
