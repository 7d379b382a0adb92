//! Counters of totals that another system counts.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use prometheus::{
    IntCounter,
    core::{Collector, Desc},
    proto::MetricFamily,
};

/// A counter that follows the total of another system, such as a server. It is exposed from its
/// first reading on: a step from 0 to a total of years would look like a rise.
#[derive(Debug, Clone)]
pub struct Followed {
    counter: IntCounter,
    is_read: Arc<AtomicBool>,
}

impl Followed {
    pub(super) fn new(counter: IntCounter) -> Self {
        Self { counter, is_read: Arc::default() }
    }

    /// Brings the counter to the total `now`. If that is less, the other system has restarted, and
    /// so does the counter.
    pub fn follow(&self, now: u64) {
        if now < self.counter.get() {
            self.counter.reset();
        }
        self.counter.inc_by(now.saturating_sub(self.counter.get()));
        self.is_read.store(true, Ordering::Release);
    }
}

impl Collector for Followed {
    fn desc(&self) -> Vec<&Desc> {
        self.counter.desc()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        if self.is_read.load(Ordering::Acquire) { self.counter.collect() } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use crate::metrics::{Definition, Meter};

    const SOLD: Definition = Definition::counter("sold_total", "Sold", &[]);

    #[test]
    fn followed_total_begins_with_its_first_reading() {
        let meter = Meter::default();
        let sold = SOLD.followed(&meter).unwrap();
        assert_eq!(meter.text().unwrap(), "");
        for total in [7, 9, 9, 2] {
            sold.follow(total);
            let text = meter.text().unwrap();
            assert!(text.ends_with(&format!("\nsold_total {total}\n")), "{text}");
        }
    }
}
