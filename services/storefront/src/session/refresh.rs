//! The exchange of refresh tokens, once for each session and replica at a time.

use std::time::Duration;

use estore_contract::{SecretToken, user::Tokens};
use estore_telemetry::trace::carry;
use moka::future::Cache;
use time::OffsetDateTime;
use tokio::{
    spawn,
    sync::watch,
    time::{Instant, sleep, timeout_at},
};

use super::Session;
use crate::api::ApiError;

/// The time for which a new pair is kept for requests that still bring the old one, such as those
/// of other tabs. The User Service answers a repeat with the same pair for 10 s, and thereby
/// covers other replicas.
const KEPT: Duration = Duration::from_mins(1);
const MOST: u64 = 10_000;
/// The time from the start of an exchange for which requests wait for it.
const PATIENCE: Duration = Duration::from_secs(2);
/// The pauses before each repeat of an exchange without a known outcome. The User Service answers
/// with the same pair for 10 s after it spent the token. A later repeat counts as theft and ends
/// the session, as the next request of the browser would. So repeats go on after 10 s: the first
/// calls may never have reached the service.
const PAUSES: [Duration; 7] = [
    Duration::from_millis(300),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(2),
    Duration::from_secs(2),
    Duration::from_secs(2),
    Duration::from_secs(2),
];
/// The time for which a failure is remembered, after the last repeat.
const REMEMBERED: Duration = Duration::from_secs(1);

/// The exchanges in progress, and the latest results, by the hash of the old token.
#[derive(Clone)]
pub(crate) struct Refresher(Cache<[u8; 32], Exchange>);

/// An exchange as requests see it.
#[derive(Clone)]
struct Exchange {
    patience_ends: Instant,
    /// The outcome as far as it is known. An exchange that failed once is `Away` while its repeats
    /// go on.
    outcome: watch::Receiver<Option<Outcome>>,
}

type Outcome = Result<Session, RefreshError>;

/// The reason for which a session has no new tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefreshError {
    /// The session has ended.
    Ended,
    /// The User Service does not answer. The session goes on when it does.
    Away,
}

impl Refresher {
    pub(crate) fn new() -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_live(KEPT).build())
    }

    /// Exchanges the refresh token of `session` by the call `ask`. Requests that come meanwhile
    /// share the result. None waits longer than a moment, or after a failure.
    ///
    /// The exchange is a task of its own, which goes on without the request. The old token is spent
    /// once the User Service has done its work. If the browser hangs up, or the answer is lost, the
    /// next request still finds the new pair here.
    pub(crate) async fn exchange<F>(
        &self,
        session: &Session,
        ask: impl Fn() -> F + Send + Sync + 'static,
        now: OffsetDateTime,
    ) -> Outcome
    where
        F: Future<Output = Result<Tokens, ApiError>> + Send + 'static,
    {
        let key = SecretToken::from(session.refresh.clone()).hash();
        let begin = async {
            let (said, outcome) = watch::channel(None);
            let exchange = Exchange { patience_ends: Instant::now() + PATIENCE, outcome };
            spawn(carry(self.clone().run(key, exchange.clone(), said, ask, now)));
            exchange
        };
        let Exchange { patience_ends, mut outcome } = self.0.get_with(key, begin).await;
        let known = timeout_at(patience_ends, outcome.wait_for(Option::is_some)).await;
        // A task that panicked has logged why.
        let known = known.ok().and_then(Result::ok).and_then(|known| known.clone());
        known.unwrap_or(Err(RefreshError::Away))
    }

    /// Repeats the exchange until its outcome is known, and keeps it for later requests.
    async fn run<F>(
        self,
        key: [u8; 32],
        exchange: Exchange,
        said: watch::Sender<Option<Outcome>>,
        ask: impl Fn() -> F + Send + Sync,
        now: OffsetDateTime,
    ) where
        F: Future<Output = Result<Tokens, ApiError>> + Send,
    {
        let mut pauses = PAUSES.into_iter();
        let outcome = loop {
            match ask().await {
                Ok(tokens) => break Session::of(tokens, now).ok_or(RefreshError::Away),
                Err(error) if error.is(401) => break Err(RefreshError::Ended),
                Err(error) => match pauses.next() {
                    // The token may be spent.
                    Some(pause) if error.is_unknown() => {
                        said.send_replace(Some(Err(RefreshError::Away)));
                        sleep(pause).await;
                    }
                    _ => break Err(RefreshError::Away),
                },
            }
        };
        let is_new = outcome.is_ok();
        said.send_replace(Some(outcome));
        if is_new {
            // The time for which it is kept begins now.
            self.0.insert(key, exchange).await;
        } else {
            sleep(REMEMBERED).await;
            self.0.invalidate(&key).await;
        }
    }
}
