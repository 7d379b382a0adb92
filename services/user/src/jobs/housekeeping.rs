//! Forgets what is not needed any more.

use std::{sync::Arc, time::Duration};

use estore_kit::{clock::Clock, jobs, limit};
use sqlx::PgPool;
use tokio::sync::Notify;

use crate::{
    accounts,
    app::App,
    store::{familiar, links, sessions, users},
};

const PERIOD: Duration = Duration::from_mins(1);
/// How many accounts are removed in one transaction.
const BATCH: i64 = 100;
/// For how long operators can still look up a login that ended, or what became of a link.
const MEMORY: time::Duration = time::Duration::days(30);

pub(crate) struct Housekeeping {
    database: PgPool,
    clock: Arc<dyn Clock>,
    /// For how long an account waits for its address to be proven.
    unverified: time::Duration,
    closed: Arc<Notify>,
}

impl Housekeeping {
    pub(crate) fn new(app: &App) -> Self {
        Self {
            database: app.database.clone(),
            clock: app.clock.clone(),
            unverified: app.unverified,
            closed: app.closed.clone(),
        }
    }

    pub(crate) async fn run(self, stop: jobs::Stop) {
        jobs::poll(&stop, &Notify::new(), PERIOD, || self.step()).await;
    }

    async fn step(&self) -> Result<bool, sqlx::Error> {
        limit::sweep(&self.database).await?;
        familiar::forget(&self.database, self.clock.now()).await?;
        links::forget(&self.database, self.clock.now() - MEMORY).await?;
        let forgotten = sessions::forget(&self.database, self.clock.now() - MEMORY).await?;
        if forgotten > 0 {
            tracing::info!(forgotten, "old sessions were put away");
        }
        self.remove_unproven().await
    }

    /// Removes accounts whose address nobody proves; `true` if there may be more.
    async fn remove_unproven(&self) -> Result<bool, sqlx::Error> {
        let now = self.clock.now();
        let mut transaction = self.database.begin().await?;
        let found = users::lock_unproven(&mut transaction, now - self.unverified, BATCH).await?;
        for user in &found {
            accounts::remove(&mut transaction, *user, now).await?;
        }
        transaction.commit().await?;
        if !found.is_empty() {
            tracing::info!(removed = found.len(), "accounts were removed: nobody proved their addresses");
            self.closed.notify_one();
        }
        Ok(!found.is_empty())
    }
}
