//! The accounts behind sessions, for requests that come at once: one statement reads them all, since
//! most of what a statement costs is its trip.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use estore_contract::SessionId;
use estore_kit::{carry, clock::Clock};
use sqlx::PgPool;
use time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::sessions::{self, Account};
use crate::domain::Claims;

/// Statements at once: a second goes on if the connection of the first hangs.
const STATEMENTS: usize = 2;

type Answer = Result<Option<Account>, Arc<sqlx::Error>>;

/// Reads the accounts behind sessions. Cheap to clone.
#[derive(Clone)]
pub struct Callers(Arc<Shared>);

struct Shared {
    database: PgPool,
    clock: Arc<dyn Clock>,
    /// The time after which a session that is not used has ended.
    idle: Duration,
    turns: Arc<Semaphore>,
    waiting: Mutex<Vec<Question>>,
}

struct Question {
    session: SessionId,
    answer: oneshot::Sender<Answer>,
}

impl Callers {
    /// Reads from `database`. A session that was not used for `idle` has ended.
    #[must_use]
    pub fn new(database: PgPool, clock: Arc<dyn Clock>, idle: Duration) -> Self {
        let turns = Arc::new(Semaphore::new(STATEMENTS));
        Self(Arc::new(Shared { database, clock, idle, turns, waiting: Mutex::default() }))
    }

    /// The account of `claims`: `None` if the session has ended or the account is disabled.
    ///
    /// The caller that gets a turn asks for all that wait, so that each statement belongs to the trace of one of them.
    pub async fn find(&self, claims: &Claims) -> Answer {
        let (answer, mut found) = oneshot::channel();
        self.0.waiting(|waiting| waiting.push(Question { session: claims.sid, answer }));
        let found = tokio::select! {
            biased;
            found = &mut found => found,
            Ok(turn) = self.0.turns.clone().acquire_owned() => {
                let batch = self.0.waiting(mem::take);
                // In a task of its own, as others need the answer even if this client hangs up.
                tokio::spawn(carry(self.0.clone().answer(batch, turn)));
                found.await
            }
        };
        // A question is dropped only by a panic.
        let account = found.unwrap_or_else(|_| Err(Arc::new(sqlx::Error::WorkerCrashed)))?;
        Ok(account.filter(|account| account.user.profile.id == claims.sub))
    }
}

impl Shared {
    fn waiting<T>(&self, change: impl FnOnce(&mut Vec<Question>) -> T) -> T {
        change(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn answer(self: Arc<Self>, batch: Vec<Question>, turn: OwnedSemaphorePermit) {
        if batch.is_empty() {
            return;
        }
        let ids: Vec<SessionId> = batch.iter().map(|question| question.session).collect();
        let found = sessions::accounts(&self.database, &ids, self.idle, self.clock.now()).await;
        drop(turn);
        let found: Result<HashMap<_, _>, _> =
            found.map(|all| all.into_iter().map(|one| (one.session, one)).collect()).map_err(Arc::new);
        for Question { session, answer } in batch {
            let account = found.as_ref().map(|found| found.get(&session).cloned());
            // A client that went away needs no answer.
            let _gone = answer.send(account.map_err(Arc::clone));
        }
    }
}
