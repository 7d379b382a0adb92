//! Lines of the log that a stranger can cause as often as he likes: now and then one, with the number of those that are missing.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// From one line to the next.
const PAUSE: Duration = Duration::from_secs(10);

/// When the last line was, and how many were kept back since.
#[derive(Default)]
pub(crate) struct Seldom(Mutex<(Option<Instant>, u64)>);

impl Seldom {
    /// `None` where it is too early for another line; else how many were kept back since the last.
    pub(crate) fn due(&self) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, kept_back) = &mut *state;
        if last.is_some_and(|last| last.elapsed() < PAUSE) {
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
        seldom.0.lock().unwrap().0 = Instant::now().checked_sub(PAUSE);
        assert_eq!(seldom.due(), Some(1000));
    }
}
