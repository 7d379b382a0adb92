//! Time: two moments, and the work that is due.

use super::{
    cast::{LATER, LEASE, START},
    emulated::Store,
};

/// Returns the time that the stores' clock shows.
pub(crate) const fn now(later: bool) -> i64 {
    if later { LATER } else { START }
}

/// Returns the store with one member of the work set due, and all others not.
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
