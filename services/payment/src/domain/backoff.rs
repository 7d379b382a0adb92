//! How long an order that could not go on waits (order-flow section 5).

use std::time::Duration;

/// 1 s, doubled with each attempt up to 15 s, times `jitter` (from 0 to 1).
#[must_use]
pub fn backoff(attempts: u32, jitter: f64) -> Duration {
    let seconds = 2f64.powi(i32::try_from(attempts.min(10)).unwrap_or(10)).min(15.0);
    Duration::from_secs_f64(seconds * jitter.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_to_fifteen_seconds() {
        let seconds: Vec<u64> = (0..6).map(|attempts| backoff(attempts, 1.0).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 15, 15]);
        assert_eq!(backoff(u32::MAX, 0.0), Duration::ZERO);
    }
}
