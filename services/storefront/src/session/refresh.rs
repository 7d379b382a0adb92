//! The exchange of refresh tokens, once for each session and replica at a time.

use std::time::Duration;

use estore_contract::{SecretToken, user::Tokens};
use estore_telemetry::trace::carry;
use moka::future::Cache;
use time::OffsetDateTime;
use tokio::spawn;

use crate::api::ApiError;

use super::Session;

/// The time for which a new pair is kept for requests that still bring the old one, such as those
/// of other tabs. The User Service answers a repeat with the same pair for 10 s, and thereby
/// covers other replicas.
const KEPT: Duration = Duration::from_mins(1);
const MOST: u64 = 10_000;

/// The exchanges in progress, and the latest results.
pub(crate) struct Refresher(Cache<[u8; 32], Session>);

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
    /// share the result.
    ///
    /// The exchange is a task of its own. The old token is spent once the User Service has
    /// answered: if the browser hangs up, its next request still finds the new pair here.
    pub(crate) async fn exchange(
        &self,
        session: &Session,
        ask: impl Future<Output = Result<Tokens, ApiError>> + Send + 'static,
        now: OffsetDateTime,
    ) -> Result<Session, RefreshError> {
        let key = SecretToken::from(session.refresh.clone()).hash();
        if let Some(new) = self.0.get(&key).await {
            return Ok(new);
        }
        let exchange = async move {
            let tokens = ask.await.map_err(|error| match error {
                ApiError::Answered(body) if body.status_code == 401 => RefreshError::Ended,
                _ => RefreshError::Away,
            })?;
            Session::of(tokens, now).ok_or(RefreshError::Away)
        };
        let sessions = self.0.clone();
        let task = async move { sessions.try_get_with(key, exchange).await.map_err(|error| *error) };
        // A task that panicked has logged why.
        spawn(carry(task)).await.unwrap_or(Err(RefreshError::Away))
    }
}
