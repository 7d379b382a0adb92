//! Counts the failed tries of each entry, so that each pause is longer than the one before.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use estore_base::{backoff, random};

const LONGEST: Duration = Duration::from_mins(2);

#[derive(Default)]
pub(super) struct Attempts(Mutex<HashMap<String, u32>>);

impl Attempts {
    /// Counts a failure of `name`, and returns the pause before the next try.
    pub(super) fn failed(&self, name: &str) -> Duration {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let attempts = all.entry(name.to_owned()).or_default();
        *attempts = attempts.saturating_add(1);
        // Never at once: many entries together would keep a failing service down.
        backoff(*attempts, LONGEST, 0.5 + random::fraction() / 2.0)
    }

    /// Forgets the failures of `name`.
    pub(super) fn done(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}
