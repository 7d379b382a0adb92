//! Whether a service's Redis is older than it was: restored from a backup, or empty (order-flow section 7). Nothing is written
//! to such a store until `bootstrap after-restore` has mended it.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use estore_contract::restore;
use http::Method;
use redis::{RedisError, cmd};
use tokio::time::Instant;

use crate::{
    Problem,
    peer::{PeerClient, PeerError},
    redis::{self as store, Redis},
};

/// How old what Postgres said may be. The User Service need not answer: what is known stays known.
const MEMORY: Duration = Duration::from_secs(30);

/// Compares the epoch of a Redis database with Postgres's. Cheap to clone.
#[derive(Clone)]
pub struct EpochGuard(Arc<Shared>);

struct Shared {
    redis: Redis,
    key: String,
    user: PeerClient,
    /// The highest epoch that was heard of; 0 as long as Postgres's is not known.
    known: AtomicI64,
    /// When the User Service was asked last.
    asked: Mutex<Option<Instant>>,
}

/// Why a store is not written to.
#[derive(Debug, thiserror::Error)]
pub enum Older {
    /// The User Service has not told Postgres's epoch since this process started.
    #[error("the shop's epoch is not known yet")]
    Unknown,
    /// The store is older than it was.
    #[error("the store is older than it was (epoch {found}, not {known}); run `bootstrap after-restore`")]
    Restored {
        /// The store's epoch; 0 where it has none.
        found: i64,
        /// The shop's.
        known: i64,
    },
    /// The store did not answer.
    #[error(transparent)]
    Silent(#[from] RedisError),
}

impl From<Older> for Problem {
    fn from(error: Older) -> Self {
        match error {
            Older::Silent(error) => store::problem(error),
            error => Self::unavailable(error),
        }
    }
}

impl EpochGuard {
    /// Of the database `redis`, whose keys all carry `tag`; `user` tells Postgres's epoch.
    #[must_use]
    pub fn new(redis: Redis, tag: &str, user: PeerClient) -> Self {
        let key = format!("{tag}:epoch");
        Self(Arc::new(Shared { redis, key, user, known: AtomicI64::new(0), asked: Mutex::default() }))
    }

    /// For readiness. Asks the User Service, where Postgres's epoch is not known.
    pub async fn check(&self) -> Result<(), String> {
        if self.known() == 0
            && let Err(error) = self.ask().await
        {
            tracing::debug!(%error, "epoch check");
        }
        self.guard().await.map_err(|older| match older {
            Older::Silent(error) if store::is_loading(&error) => "loading".to_owned(),
            Older::Silent(_) => "the store does not answer".to_owned(),
            older => older.to_string(),
        })
    }

    /// For whatever is about to write: one read of the store, so that a server that is exchanged for an older one under a running
    /// service is noticed. Between this and the write it can only be exchanged where the connection breaks, and what was on its
    /// way is then unknown, not done; whatever got through is in the gateway's books, and is found there afterwards.
    pub async fn guard(&self) -> Result<(), Older> {
        let known = self.known();
        if known == 0 {
            return Err(Older::Unknown);
        }
        self.ask_now_and_then();
        // Not by a function: a store that is empty has no library either.
        let found: Option<i64> =
            cmd("GET").arg(&self.0.key).query_async(&mut self.0.redis.connection()).await?;
        let found = found.unwrap_or(0);
        // Redis is raised first.
        let known = self.0.known.fetch_max(found, Ordering::SeqCst).max(found);
        if found < known { Err(Older::Restored { found, known }) } else { Ok(()) }
    }

    /// The epoch for a function that compares it with the store's itself, in the call that reads or writes: it costs no trip.
    /// Such a function answers [`Older::Restored`] if the store is older.
    pub fn expected(&self) -> Result<i64, Older> {
        let known = self.known();
        if known == 0 {
            return Err(Older::Unknown);
        }
        self.ask_now_and_then();
        Ok(known)
    }

    fn known(&self) -> i64 {
        self.0.known.load(Ordering::SeqCst)
    }

    fn ask_now_and_then(&self) {
        let asked = self.0.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.is_some_and(|asked| asked.elapsed() < MEMORY) {
            return;
        }
        drop(asked);
        self.note_asked();
        let guard = self.clone();
        tokio::spawn(async move {
            if let Err(error) = guard.ask().await {
                tracing::debug!(%error, "the epoch was not told; what is known stays");
            }
        });
    }

    fn note_asked(&self) {
        *self.0.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    async fn ask(&self) -> Result<(), PeerError> {
        self.note_asked();
        let told: restore::Epoch = self.0.user.call(Method::GET, "/internal/epoch", None::<&()>).await?;
        self.0.known.fetch_max(told.epoch, Ordering::SeqCst);
        Ok(())
    }
}
