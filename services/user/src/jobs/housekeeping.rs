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
/// The numbers of accounts, sessions and tokens that one transaction removes. It must end within
/// its time.
const ACCOUNTS: u16 = 10;
const SESSIONS: u16 = 100;
const TOKENS: u16 = 1000;
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
        let old = now - MEMORY;
        let tokens = pg::within(sessions::forget_tokens(db, old, SESSIONS.into(), TOKENS.into())).await;
        let forgotten = pg::within(sessions::forget(db, old, SESSIONS.into())).await;
        let removed = pg::within(self.remove_unproven()).await;
        let (_swept, (), (), (), tokens, forgotten) =
            (swept?, networks?, emails?, links?, tokens?, forgotten?);
        if forgotten > 0 {
            tracing::info!(forgotten, "old sessions deleted");
        }
        Ok(removed? || tokens >= TOKENS.into() || forgotten >= SESSIONS.into())
    }

    /// Removes accounts whose address was never verified. Returns `true` if there may be more.
    async fn remove_unproven(&self) -> Result<bool, sqlx::Error> {
        let now = self.clock.now();
        let mut transaction = pg::begin(&self.database).await?;
        let found = users::lock_unproven(&mut transaction, now - self.unverified, ACCOUNTS.into()).await?;
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
