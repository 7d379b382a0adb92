//! The batches, leases and pauses of a queue.

use std::time::Duration;

use estore_base::backoff;

/// The batches, leases and pauses of a queue.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The number of entries in a claim.
    pub batch: i64,
    /// The time that a worker has for a batch. It must be longer than a delivery can take.
    pub lease: time::Duration,
    /// The time between two polls without a notification, to find entries that are due again or
    /// that another replica left behind.
    pub period: Duration,
    /// The longest pause between two attempts.
    pub longest: Duration,
}

impl Pace {
    /// The pace of calls to other services. The lease is longer than a call with its retries.
    pub const PEER: Self = Self {
        batch: 10,
        lease: time::Duration::seconds(15),
        period: Duration::from_secs(1),
        longest: Duration::from_mins(1),
    };

    /// Returns the pause after `attempts`: 1 s, doubled with each up to the longest, times a factor
    /// between a half and 1 that `jitter` selects. No retry follows at once.
    pub(super) fn pause(&self, attempts: u32, jitter: f64) -> Duration {
        backoff(attempts.saturating_sub(1), self.longest, 0.5 + jitter / 2.0)
    }

    /// Returns the pause between two counts of the waiting entries, if the last took `cost`. The
    /// count of a long queue is slow, and takes 5 % of the time at most, unless it takes longer
    /// than three seconds. While entries are due, there is one count for each period at most.
    pub(super) fn between_counts(&self, cost: Duration, more: bool) -> Duration {
        let least = if more { self.period } else { Duration::ZERO };
        cost.saturating_mul(20).min(Duration::from_mins(1)).max(least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let pace = Pace { longest: Duration::from_mins(15), ..Pace::PEER };
        let pauses = |jitter| [0, 1, 2, 3, 11, 99].map(|attempts| pace.pause(attempts, jitter).as_millis());
        assert_eq!(pauses(1.0), [1000, 1000, 2000, 4000, 900_000, 900_000]);
        assert_eq!(pauses(0.0), [500, 500, 1000, 2000, 450_000, 450_000]);
    }

    #[test]
    fn slow_counts_are_rare() {
        let between = |cost, more| Pace::PEER.between_counts(Duration::from_millis(cost), more).as_millis();
        assert_eq!([0, 1, 400, 5000].map(|cost| between(cost, true)), [1000, 1000, 8000, 60_000]);
        assert_eq!([0, 1, 400, 5000].map(|cost| between(cost, false)), [0, 20, 8000, 60_000]);
    }
}
