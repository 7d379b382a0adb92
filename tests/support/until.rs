//! Waiting for a condition.

use std::{
    fmt::Debug,
    time::{Duration, Instant},
};

use estore_testbed::Service;
use tokio::time::sleep;

/// Asks again and again until the answer is `good`.
///
/// # Panics
/// If no good answer comes within `limit`.
pub async fn until<T: Debug>(limit: Duration, ask: impl AsyncFn() -> T, good: impl Fn(&T) -> bool) -> T {
    let deadline = Instant::now() + limit;
    loop {
        let answer = ask().await;
        if good(&answer) {
            return answer;
        }
        assert!(Instant::now() < deadline, "still {answer:?} after {limit:?}");
        sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until `process` has logged a line that contains all `parts`.
///
/// # Panics
/// If no such line comes within `limit`.
pub async fn until_logged(limit: Duration, process: &Service, parts: &[&str]) {
    let is_meant = |line: &String| parts.iter().all(|part| line.contains(part));
    let is_logged = async || process.last_lines(usize::MAX).iter().any(is_meant);
    assert!(until(limit, is_logged, |is_there| *is_there).await, "{parts:?}");
}
