//! Waiting for a condition.

use std::{
    fmt::Debug,
    time::{Duration, Instant},
};

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
