//! The time of the server, so that the clock of a pod decides nothing.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use estore_base::clock::Clock;
use sqlx::PgExecutor;
use time::OffsetDateTime;
use tokio::time::Instant;

use super::within;

/// The longest trip of a sample that replaces another. The sample is wrong by half of it at most.
const TRIP: Duration = Duration::from_secs(1);

/// The clock of the server, which all replicas of a service share. From the last sample on, it
/// counts the time that has passed, so steps of the pod's clock have no effect. Before the first
/// sample it shows the pod's clock. Clones share their samples.
#[derive(Debug, Clone)]
pub struct PgClock {
    pod: Arc<dyn Clock>,
    /// A time of the server, and when it was.
    last: Arc<Mutex<Option<(OffsetDateTime, Instant)>>>,
}

impl PgClock {
    /// Creates a clock without a sample. `pod` is the clock until the first one.
    #[must_use]
    pub fn new(pod: Arc<dyn Clock>) -> Self {
        Self { pod, last: Arc::default() }
    }

    /// Reads the server's time. If that fails or takes too long, an earlier sample stays.
    pub async fn sample(&self, db: impl PgExecutor<'_>) -> Result<(), sqlx::Error> {
        let asked = Instant::now();
        let time = sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(db);
        let time: OffsetDateTime = within(time).await?;
        let trip = asked.elapsed();
        let mut last = self.last();
        if last.is_none() || trip < TRIP {
            *last = Some((time, asked + trip / 2));
        }
        Ok(())
    }

    /// Returns true after the first sample.
    pub(super) fn is_set(&self) -> bool {
        self.last().is_some()
    }

    fn last(&self) -> MutexGuard<'_, Option<(OffsetDateTime, Instant)>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for PgClock {
    fn now(&self) -> OffsetDateTime {
        let last = *self.last();
        let Some((time, then)) = last else { return self.pod.now() };
        let now = time + then.elapsed();
        // In whole microseconds, which is the precision of the server.
        now.replace_nanosecond(now.microsecond() * 1000).unwrap_or(now)
    }
}
