//! Deletes data that is no longer needed.

use std::{sync::Arc, time::Duration};

use estore_base::clock::Clock;
use estore_server::limit;
use estore_stores::pg;
use estore_telemetry::jobs;
use sqlx::PgPool;
use tokio::sync::Notify;

use crate::{
    accounts,
    app::App,
    store::{known_networks, links, outbox, sessions, users},
};

const PERIOD: Duration = Duration::from_mins(1);
/// The number of accounts that one transaction removes.
const BATCH: i64 = 100;
/// The time for which operators can still look up an ended session, or the outcome of a link.
const MEMORY: time::Duration = time::Duration::days(30);

pub(crate) struct Housekeeping {
    database: PgPool,
    clock: Arc<dyn Clock>,
    /// The time that an account has to verify its email address.
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
        known_networks::forget(&self.database, self.clock.now()).await?;
        outbox::forget(&self.database, self.clock.now()).await?;
        links::forget(&self.database, self.clock.now() - MEMORY).await?;
        let forgotten = sessions::forget(&self.database, self.clock.now() - MEMORY).await?;
        if forgotten > 0 {
            tracing::info!(forgotten, "old sessions deleted");
        }
        self.remove_unproven().await
    }

    /// Removes accounts whose address was never verified. Returns `true` if there may be more.
    async fn remove_unproven(&self) -> Result<bool, sqlx::Error> {
        let now = self.clock.now();
        let mut transaction = pg::begin(&self.database).await?;
        let found = users::lock_unproven(&mut transaction, now - self.unverified, BATCH).await?;
        for user in &found {
            accounts::remove(&mut transaction, *user, now).await?;
        }
        transaction.commit().await?;
        if !found.is_empty() {
            tracing::info!(removed = found.len(), "accounts removed; their addresses were never verified");
            self.closed.notify_one();
        }
        Ok(!found.is_empty())
    }
}
