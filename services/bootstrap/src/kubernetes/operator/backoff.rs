//! How often an entry was tried in vain, so that each next pause is longer.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use estore_kit::{jobs::backoff, random};

const LONGEST: Duration = Duration::from_mins(2);

#[derive(Default)]
pub(super) struct Attempts(Mutex<HashMap<String, u32>>);

impl Attempts {
    /// The pause after one more failure of `name`.
    pub(super) fn failed(&self, name: &str) -> Duration {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let attempts = all.entry(name.to_owned()).or_default();
        *attempts = attempts.saturating_add(1);
        // Never at once: a fleet of entries would keep an ailing service down.
        backoff(*attempts, LONGEST, 0.5 + random::fraction() / 2.0)
    }

    /// `name` is done with.
    pub(super) fn done(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}
