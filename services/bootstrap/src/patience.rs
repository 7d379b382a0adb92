//! Stores and services may start after this job: every step waits for its own.

use std::{fmt::Display, future::Future, time::Duration};

use tokio::time::{Instant, sleep};

use crate::say;

const PATIENCE: Duration = Duration::from_mins(2);
const PAUSE: Duration = Duration::from_millis(250);
/// The time between two lines about a wait.
const LINES: Duration = Duration::from_secs(5);
/// A shorter wait needs no line.
const SILENCE: Duration = Duration::from_secs(1);

/// Reports a wait: a line now and then.
pub(crate) struct Progress {
    what: String,
    since: Instant,
    next: Instant,
}

impl Progress {
    /// Starts a wait for `what`.
    pub(crate) fn new(what: &str) -> Self {
        let since = Instant::now();
        Self { what: what.to_owned(), since, next: since + SILENCE }
    }

    /// Reports that the wait continues, for this `reason`.
    pub(crate) fn tell(&mut self, reason: &str) {
        if Instant::now() >= self.next {
            self.next = Instant::now() + LINES;
            let seconds = self.since.elapsed().as_secs();
            // If nobody can read it, the wait continues all the same.
            let _unwritable = say(&format!("waiting for {} ({seconds} s)… {reason}", self.what));
        }
    }
}

/// Repeats `step` until it succeeds or `is_final` classifies its error as final, for two minutes at
/// most.
pub(crate) async fn until_done<T, E: Display, F, R>(is_final: fn(&E) -> bool, step: F) -> Result<T, E>
where
    F: Fn() -> R,
    R: Future<Output = Result<T, E>>,
{
    let deadline = Instant::now() + PATIENCE;
    let mut progress = Progress::new("an answer");
    loop {
        match step().await {
            Err(error) if !is_final(&error) && Instant::now() < deadline => {
                tracing::debug!(%error, "call failed; will retry");
                progress.tell(&error.to_string());
                sleep(PAUSE).await;
            }
            outcome => return outcome,
        }
    }
}
