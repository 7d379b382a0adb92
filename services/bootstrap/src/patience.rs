//! Stores and services may come up after this job: every step waits for its own.

use std::{fmt::Display, future::Future, time::Duration};

use tokio::time::{Instant, sleep};

const PATIENCE: Duration = Duration::from_mins(2);
const PAUSE: Duration = Duration::from_millis(250);

/// Tries `step` until it works, or until what `is_final` says is final, for two minutes at most.
pub(crate) async fn until_done<T, E: Display, F, R>(is_final: fn(&E) -> bool, step: F) -> Result<T, E>
where
    F: Fn() -> R,
    R: Future<Output = Result<T, E>>,
{
    let deadline = Instant::now() + PATIENCE;
    loop {
        match step().await {
            Err(error) if !is_final(&error) && Instant::now() < deadline => {
                tracing::debug!(%error, "not yet");
                sleep(PAUSE).await;
            }
            outcome => return outcome,
        }
    }
}
