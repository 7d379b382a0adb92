//! Throttles log lines that remote clients can trigger, and counts the suppressed ones.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// The default pause between two lines.
const PAUSE: Duration = Duration::from_secs(10);

/// The time of the last line, and the number of lines suppressed since.
#[derive(Debug)]
pub struct LogThrottle {
    pause: Duration,
    last: Mutex<(Option<Instant>, u64)>,
}

impl Default for LogThrottle {
    fn default() -> Self {
        Self::every(PAUSE)
    }
}

impl LogThrottle {
    /// Allows one line in each `pause`.
    #[must_use]
    pub fn every(pause: Duration) -> Self {
        Self { pause, last: Mutex::default() }
    }

    /// Returns `None` if it is too early for another line, otherwise the number of lines suppressed
    /// since the last.
    #[must_use]
    pub fn due(&self) -> Option<u64> {
        let mut state = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, kept_back) = &mut *state;
        if last.is_some_and(|last| last.elapsed() < self.pause) {
            *kept_back += 1;
            return None;
        }
        *last = Some(Instant::now());
        Some(std::mem::take(kept_back))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_line_is_counted_and_not_written() {
        let throttle = LogThrottle::default();
        assert_eq!(throttle.due(), Some(0));
        assert!((0..1000).all(|_| throttle.due().is_none()));
        throttle.last.lock().unwrap().0 = Instant::now().checked_sub(PAUSE);
        assert_eq!(throttle.due(), Some(1000));
    }
}
