//! Lines of the log that a stranger can cause as often as he likes: now and then one, with the number of those that are missing.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// From one line to the next, unless said otherwise.
const PAUSE: Duration = Duration::from_secs(10);

/// When the last line was, and how many were kept back since.
#[derive(Debug)]
pub(crate) struct Seldom {
    pause: Duration,
    last: Mutex<(Option<Instant>, u64)>,
}

impl Default for Seldom {
    fn default() -> Self {
        Self::every(PAUSE)
    }
}

impl Seldom {
    /// One line in each `pause`.
    pub(crate) fn every(pause: Duration) -> Self {
        Self { pause, last: Mutex::default() }
    }

    /// `None` where it is too early for another line; else how many were kept back since the last.
    pub(crate) fn due(&self) -> Option<u64> {
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
    fn one_line_stands_for_many() {
        let seldom = Seldom::default();
        assert_eq!(seldom.due(), Some(0));
        assert!((0..1000).all(|_| seldom.due().is_none()));
        seldom.last.lock().unwrap().0 = Instant::now().checked_sub(PAUSE);
        assert_eq!(seldom.due(), Some(1000));
    }
}
