//! The pause before a repeated try.

use std::time::Duration;

/// Returns the pause before the next try after `attempts` tries. It starts at 1 s, doubles with
/// each up to `longest`, and is multiplied by `jitter`, from 0 to 1. A random `jitter` makes full
/// jitter.
#[must_use]
pub fn backoff(attempts: u32, longest: Duration, jitter: f64) -> Duration {
    let seconds = 2f64.powi(i32::try_from(attempts.min(10)).unwrap_or(10)).min(longest.as_secs_f64());
    Duration::from_secs_f64(seconds * jitter.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_grows_to_its_maximum() {
        let longest = Duration::from_secs(15);
        let seconds: Vec<u64> = (0..6).map(|attempts| backoff(attempts, longest, 1.0).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 15, 15]);
        assert_eq!(backoff(u32::MAX, longest, 0.0), Duration::ZERO);
    }
}
