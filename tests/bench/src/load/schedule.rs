//! The times at which requests of the open model are due.

use std::time::Duration;

/// The delay within which a request counts as sent in time.
const LATE: Duration = Duration::from_millis(10);

/// A constant rate: request `i` is due at `i / rate`, independently of earlier requests.
#[derive(Debug)]
pub(super) struct Schedule {
    rate: f64,
    count: u32,
    next: u32,
    /// The end: a request that was not sent by then is dropped.
    end: Duration,
}

/// A request to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) number: u32,
    pub(super) due: Duration,
}

impl Schedule {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of requests")]
    pub(super) fn new(rate: f64, seconds: u32) -> Self {
        let count = (rate * f64::from(seconds)).round().max(1.0) as u32;
        let time = Duration::from_secs(seconds.into());
        Self { rate, count, next: 0, end: time + time / 2 + Duration::from_secs(1) }
    }

    /// Returns the next request to send; `None` if all were handed out, or if `now` is past the
    /// end.
    pub(super) fn take(&mut self, now: Duration) -> Option<Slot> {
        if self.next >= self.count || now > self.end {
            return None;
        }
        let number = self.next;
        self.next += 1;
        Some(Slot { number, due: Duration::from_secs_f64(f64::from(number) / self.rate) })
    }

    /// Returns the number of requests never sent.
    pub(super) fn dropped(&self) -> u32 {
        self.count - self.next
    }
}

impl Slot {
    /// Returns true if the generator started too late, at `started`. Its connection is free since
    /// `free`: before, the request waited for the measured system, which its latency shows.
    pub(super) fn is_late(&self, free: Duration, started: Duration) -> bool {
        started > self.due.max(free) + LATE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    #[test]
    fn requests_are_due_at_equal_distances() {
        let mut schedule = Schedule::new(200.0, 1);
        let due: Vec<Duration> =
            std::iter::from_fn(|| schedule.take(Duration::ZERO)).map(|slot| slot.due).collect();
        assert_eq!((due.len(), due[0], due[1], due[199]), (200, ms(0), ms(5), ms(995)));
        assert_eq!(schedule.dropped(), 0);
    }

    #[test]
    fn slow_answers_do_not_move_the_schedule() {
        let mut schedule = Schedule::new(100.0, 1);
        schedule.take(ms(0)).unwrap();
        let slot = schedule.take(ms(900)).unwrap();
        assert_eq!((slot.number, slot.due), (1, ms(10)));
    }

    #[test]
    fn only_the_generator_makes_a_request_late() {
        let slot = Slot { number: 1, due: ms(10) };
        assert!(slot.is_late(ms(0), ms(21)) && slot.is_late(ms(900), ms(911)));
        assert!(!slot.is_late(ms(0), ms(20)) && !slot.is_late(ms(900), ms(905)));
    }

    #[test]
    fn requests_after_the_end_are_dropped() {
        let mut schedule = Schedule::new(10.0, 2);
        schedule.take(ms(0)).unwrap();
        assert_eq!((schedule.take(ms(4001)), schedule.dropped()), (None, 19));
    }
}
