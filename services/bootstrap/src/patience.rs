//! Stores and services may come up after this job: every step waits for its own.

use std::{fmt::Display, future::Future, time::Duration};

use tokio::time::{Instant, sleep};

use crate::say;

const PATIENCE: Duration = Duration::from_mins(2);
const PAUSE: Duration = Duration::from_millis(250);
/// From one line about a wait to the next.
const LINES: Duration = Duration::from_secs(5);
/// What is over sooner is not worth a line.
const SILENCE: Duration = Duration::from_secs(1);

/// What is said of a wait: a line now and then.
pub(crate) struct Progress {
    what: String,
    since: Instant,
    next: Instant,
}

impl Progress {
    /// A wait for `what` begins.
    pub(crate) fn new(what: &str) -> Self {
        let since = Instant::now();
        Self { what: what.to_owned(), since, next: since + SILENCE }
    }

    /// It goes on, for this `reason`.
    pub(crate) fn tell(&mut self, reason: &str) {
        if Instant::now() >= self.next {
            self.next = Instant::now() + LINES;
            let seconds = self.since.elapsed().as_secs();
            // Where nobody can hear it the wait goes on all the same.
            let _unwritable = say(&format!("waiting for {} ({seconds} s)… {reason}", self.what));
        }
    }
}

/// Tries `step` until it works, or until what `is_final` says is final, for two minutes at most.
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
                tracing::debug!(%error, "not yet");
                progress.tell(&error.to_string());
                sleep(PAUSE).await;
            }
            outcome => return outcome,
        }
    }
}
