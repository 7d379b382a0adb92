//! Time, passed in, so that a test can hold it.

use std::{
    fmt::Debug,
    sync::{Arc, Mutex, PoisonError},
};

use time::{Duration, OffsetDateTime};

/// Tells the time. Two real implementations: the system's clock and one that stands still.
pub trait Clock: Debug + Send + Sync {
    /// Now, UTC.
    fn now(&self) -> OffsetDateTime;
}

/// The machine's clock, in whole microseconds: what Postgres keeps of a time too.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> OffsetDateTime {
        let now = OffsetDateTime::now_utc();
        now.replace_nanosecond(now.microsecond() * 1000).unwrap_or(now)
    }
}

/// A clock that moves only when told.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<Mutex<OffsetDateTime>>);

impl ManualClock {
    /// Stands at `start`.
    #[must_use]
    pub fn new(start: OffsetDateTime) -> Self {
        Self(Arc::new(Mutex::new(start)))
    }

    /// Moves on (or back, where negative).
    pub fn advance(&self, by: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
