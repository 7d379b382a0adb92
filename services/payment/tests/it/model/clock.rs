//! Time: two moments, and what is due when.

use super::{
    cast::{LATER, LEASE, START},
    emulated::Store,
};

/// What the clock of the stores shows.
pub(crate) const fn now(later: bool) -> i64 {
    if later { LATER } else { START }
}

/// The store with one member of the work set due, and all others not.
pub(crate) fn scheduled(store: &Store, due: Option<&str>, later: bool) -> Store {
    let now = now(later);
    let lease = i64::try_from(LEASE.as_millis()).unwrap();
    let mut store = store.clone();
    if store.has(WORK) {
        store
            .change_sorted(WORK, |members| {
                for (member, score) in members {
                    *score = if due == Some(member) { now } else { now + lease };
                }
                Ok(())
            })
            .unwrap();
    }
    store
}

/// The work set of Payment.
pub(crate) const WORK: &str = "{pay}:work";
