//! When a mail that the server did not take is tried again.

use time::Duration;

/// For how long a mail is tried at all (RFC 5321, section 4.5.4.1, has days; a link that comes later helps nobody).
const PATIENCE: Duration = Duration::hours(24);

/// The pause after `attempts`: 1 s, doubled each time up to 15 min, times `jitter` between a half and 1. `None` once the
/// mail is `age` old and it is time to give up.
#[must_use]
pub fn next_try(attempts: u32, age: Duration, jitter: f64) -> Option<Duration> {
    let seconds = 2f64.powi(i32::try_from(attempts.saturating_sub(1).min(12)).unwrap_or(12)).min(900.0);
    (age < PATIENCE).then(|| Duration::seconds_f64(seconds * (0.5 + jitter / 2.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_quarter_of_an_hour_and_end_after_a_day() {
        let pauses: Vec<i64> = [1, 2, 3, 11, 99]
            .into_iter()
            .map(|n| next_try(n, Duration::ZERO, 1.0).unwrap().whole_seconds())
            .collect();
        assert_eq!(pauses, [1, 2, 4, 900, 900]);
        assert_eq!(next_try(3, Duration::hours(24), 0.5), None);
    }
}
