//! Reads the accounts behind the sessions of concurrent requests. One statement reads them all,
//! since most of the cost of a statement is its round trip.

use std::sync::{Arc, Mutex};

use estore_base::clock::Clock;
use estore_contract::SessionId;
use estore_server::{Waiting, gather};
use estore_stores::pg;
use sqlx::PgPool;
use time::Duration;
use tokio::sync::Semaphore;

use super::sessions::{self, Account};
use crate::domain::Claims;

/// The number of statements at once. A second one proceeds if the connection of the first hangs.
const STATEMENTS: usize = 2;

type Answer = Result<Option<Account>, Arc<sqlx::Error>>;

/// Reads the accounts behind sessions. Cheap to clone.
#[derive(Clone)]
pub struct Callers(Arc<Shared>);

struct Shared {
    database: PgPool,
    clock: Arc<dyn Clock>,
    /// The time after which an unused session has ended.
    idle: Duration,
    permits: Arc<Semaphore>,
    waiting: Mutex<Vec<Waiting<SessionId, Answer>>>,
}

impl Callers {
    /// Creates a reader on `database`. A session that was not used for `idle` has ended.
    #[must_use]
    pub fn new(database: PgPool, clock: Arc<dyn Clock>, idle: Duration) -> Self {
        let permits = Arc::new(Semaphore::new(STATEMENTS));
        Self(Arc::new(Shared { database, clock, idle, permits, waiting: Mutex::default() }))
    }

    /// Returns the account of `claims`, or `None` if the session has ended or the account is
    /// disabled.
    pub async fn find(&self, claims: &Claims) -> Answer {
        let permit = self.0.permits.clone().acquire_owned();
        let answer = |batch, permit| self.0.clone().answer(batch, permit);
        let found = gather(&self.0.waiting, claims.sid, permit, answer).await;
        // Only a panic drops a question.
        let account = found.unwrap_or_else(|| Err(Arc::new(sqlx::Error::WorkerCrashed)))?;
        Ok(account.filter(|account| account.user.profile.id == claims.sub))
    }
}

impl Shared {
    async fn answer(self: Arc<Self>, batch: Vec<Waiting<SessionId, Answer>>, permit: impl Send) {
        if batch.is_empty() {
            return;
        }
        let ids: Vec<SessionId> = batch.iter().map(|(session, _)| *session).collect();
        let read = sessions::accounts(&self.database, &ids, self.idle, self.clock.now());
        let found = pg::within(read).await;
        drop(permit);
        let found = found.map_err(Arc::new);
        for (session, caller) in batch {
            let account = match &found {
                Ok(found) => found.get(&session).cloned().transpose(),
                Err(error) => Err(error.clone()),
            };
            // A client that disconnected needs no answer.
            let _gone = caller.send(account);
        }
    }
}
