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
    store::{erasures::Holders, known_networks, links, outbox, sessions, users},
};

const PERIOD: Duration = Duration::from_mins(1);
/// The number of accounts or sessions that one transaction removes. It must end within its time.
const BATCH: u16 = 100;
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

    /// Does each part, whether or not another one failed. Returns `true` if there may be more.
    async fn step(&self) -> Result<bool, sqlx::Error> {
        let (db, now) = (&self.database, self.clock.now());
        let swept = pg::within(limit::sweep(db)).await;
        let networks = pg::within(known_networks::forget(db, now)).await;
        let emails = pg::within(outbox::forget(db, now)).await;
        let links = pg::within(links::forget(db, now - MEMORY)).await;
        let forgotten = pg::within(sessions::forget(db, now - MEMORY, BATCH.into())).await;
        let removed = pg::within(self.remove_unproven()).await;
        let (_swept, (), (), (), forgotten) = (swept?, networks?, emails?, links?, forgotten?);
        if forgotten > 0 {
            tracing::info!(forgotten, "old sessions deleted");
        }
        Ok(removed? || forgotten >= BATCH.into())
    }

    /// Removes accounts whose address was never verified. Returns `true` if there may be more.
    async fn remove_unproven(&self) -> Result<bool, sqlx::Error> {
        let now = self.clock.now();
        let mut transaction = pg::begin(&self.database).await?;
        let found = users::lock_unproven(&mut transaction, now - self.unverified, BATCH.into()).await?;
        for user in &found {
            accounts::remove(&mut transaction, *user, Holders::OfUnverified, now).await?;
        }
        pg::commit(transaction).await?;
        if !found.is_empty() {
            tracing::info!(removed = found.len(), "accounts removed; their addresses were never verified");
            self.closed.notify_one();
        }
        Ok(!found.is_empty())
    }
}
