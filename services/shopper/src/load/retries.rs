//! The pauses of a client that repeats requests.

use std::{
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::Duration,
};

use estore_checker::history::Outcome;
use estore_client::NoAnswer;
use tokio::time::sleep;

use crate::client::Answer;

/// The pause after the first answer with an unknown outcome.
const AGAIN: Duration = Duration::from_millis(100);
/// The longest pause that a client chooses itself.
const SLOWEST: Duration = Duration::from_secs(5);
/// The longest pause that an answer can ask for.
const LONGEST: Duration = Duration::from_secs(30);

/// The requests of a client without a known outcome, in a row.
#[derive(Debug, Default)]
pub(super) struct Retries(AtomicU32);

impl Retries {
    /// Waits before a retry if the outcome is unknown. A client that heeds waits as long as the
    /// answer says. If it says nothing, the pause doubles with each try: a flood would push earlier
    /// answers out of the history.
    pub(super) async fn wait(&self, answer: &Result<Answer, NoAnswer>, outcome: &Outcome, heeds: bool) {
        if !matches!(outcome, Outcome::Unknown { .. }) {
            self.0.store(0, Relaxed);
            return;
        }
        let tries = self.0.fetch_add(1, Relaxed);
        let asked = answer.as_ref().ok().and_then(Answer::retry_after);
        sleep(if heeds { pause(asked, tries) } else { AGAIN }).await;
    }
}

/// Returns the pause after so many earlier tries, or the one that the answer asks for.
fn pause(asked: Option<Duration>, tries: u32) -> Duration {
    let own = AGAIN.saturating_mul(2_u32.saturating_pow(tries)).min(SLOWEST);
    asked.unwrap_or(own).clamp(AGAIN, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pause_grows_while_nothing_answers() {
        let pauses = [0, 1, 2, 5, 6, 40].map(|tries| pause(None, tries).as_millis());
        assert_eq!(pauses, [100, 200, 400, 3200, 5000, 5000]);
    }

    #[test]
    fn pause_is_as_long_as_asked() {
        let asked = |seconds| pause(Some(Duration::from_secs(seconds)), 40);
        assert_eq!([asked(0), asked(7), asked(3600)], [AGAIN, Duration::from_secs(7), LONGEST]);
    }
}
