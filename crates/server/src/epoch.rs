//! Detects a Redis database that is older than it was, because it was restored from a backup or is
//! empty (order-flow section 7). Services do not write to such a store until
//! `bootstrap after-restore` has repaired it.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use estore_client::{PeerClient, PeerError};
use estore_contract::restore;
use estore_stores::redis::{Redis, is_loading};
use http::Method;
use redis::{RedisError, cmd};
use tokio::time::Instant;

use crate::Problem;

/// The time after which the User Service is asked again. If it does not answer, the known epoch
/// stays in use.
const MEMORY: Duration = Duration::from_secs(30);

/// Compares the epoch of a Redis database with that of Postgres. Cheap to clone.
#[derive(Clone)]
pub struct EpochGuard(Arc<Shared>);

struct Shared {
    redis: Redis,
    key: String,
    user: PeerClient,
    /// The highest epoch seen; 0 until that of Postgres is known.
    known: AtomicI64,
    /// The time of the last call to the User Service.
    asked: Mutex<Option<Instant>>,
}

/// The reason for which a store is not written to.
#[derive(Debug, thiserror::Error)]
pub enum StaleStore {
    /// The User Service has not returned the epoch of Postgres since this process started.
    #[error("the shop's epoch is not known yet")]
    Unknown,
    /// The store is stale.
    #[error("the store is stale (epoch {found}, not {known}); run `bootstrap after-restore`")]
    Restored {
        /// The store's epoch; 0 if it has none.
        found: i64,
        /// The shop's epoch.
        known: i64,
    },
    /// The store did not answer.
    #[error(transparent)]
    Silent(#[from] RedisError),
}

impl From<StaleStore> for Problem {
    fn from(error: StaleStore) -> Self {
        match error {
            StaleStore::Silent(error) => Problem::redis(error),
            error => Self::unavailable(error),
        }
    }
}

impl EpochGuard {
    /// Creates the guard of the database `redis`, whose keys all carry `tag`. `user` provides the
    /// epoch of Postgres.
    #[must_use]
    pub fn new(redis: Redis, tag: &str, user: PeerClient) -> Self {
        let key = format!("{tag}:epoch");
        Self(Arc::new(Shared { redis, key, user, known: AtomicI64::new(0), asked: Mutex::default() }))
    }

    /// Checks the epoch for readiness. Asks the User Service if the epoch of Postgres is not known.
    pub async fn check(&self) -> Result<(), String> {
        if self.known() == 0
            && let Err(error) = self.ask().await
        {
            tracing::debug!(%error, "epoch request failed; will retry at the next check");
        }
        self.guard().await.map_err(|older| match older {
            StaleStore::Silent(error) if is_loading(&error) => "loading".to_owned(),
            StaleStore::Silent(_) => "the store does not answer".to_owned(),
            older => older.to_string(),
        })
    }

    /// Checks the epoch by one read of the store. Callers do so before work that begins something,
    /// before they show orders or the ledger, and before each step of a job. A call that can
    /// compare the epoch itself takes [`expected`](Self::expected) instead, and saves this round
    /// trip.
    ///
    /// This detects a server that is replaced by an older one while the service runs. After this
    /// check, a replacement breaks the connection. The outcome of a call that was on its way is
    /// then unknown, not success. Anything that did get through is in the gateway's records, and
    /// the recovery finds it there.
    pub async fn guard(&self) -> Result<(), StaleStore> {
        let known = self.known();
        if known == 0 {
            return Err(StaleStore::Unknown);
        }
        self.ask_now_and_then();
        // Uses GET, not a function, because an empty store has no library either.
        let found: Option<i64> =
            cmd("GET").arg(&self.0.key).query_async(&mut self.0.redis.connection()).await?;
        let found = found.unwrap_or(0);
        // Raising an epoch updates Redis before Postgres.
        let known = self.0.known.fetch_max(found, Ordering::SeqCst).max(found);
        if found < known { Err(StaleStore::Restored { found, known }) } else { Ok(()) }
    }

    /// Returns the epoch for a call that compares it with the store's as it reads or writes. This
    /// costs no extra round trip. Functions that do so have names ending in `_at`, take the epoch
    /// as their first argument, and answer `older` in a stale store. Their caller turns that answer
    /// into [`StaleStore::Restored`]. This check alone is none: it does not read the store.
    pub fn expected(&self) -> Result<i64, StaleStore> {
        let known = self.known();
        if known == 0 {
            return Err(StaleStore::Unknown);
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
                tracing::debug!(%error, "epoch request failed; keeping the known epoch");
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
