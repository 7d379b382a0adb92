//! Writes the texts in which searches find accounts. After an upgrade these are the texts of all
//! accounts, and later those of accounts whose name or address has changed. Replicas share the
//! work.

use std::time::Duration;

use estore_stores::pg;
use estore_telemetry::jobs;
use sqlx::PgPool;
use tokio::sync::Notify;

use crate::{app::App, domain::searchable, store::search};

/// The longest time after which a search finds a change.
const PERIOD: Duration = Duration::from_secs(1);
/// The number of accounts that one transaction writes.
const BATCH: i64 = 500;

/// The job that writes the texts.
pub(crate) struct Folding {
    database: PgPool,
}

impl Folding {
    pub(crate) fn new(app: &App) -> Self {
        Self { database: app.database.clone() }
    }

    pub(crate) async fn run(self, stop: jobs::Stop) {
        jobs::poll(&stop, &Notify::new(), PERIOD, || pg::within(self.step())).await;
    }

    async fn step(&self) -> Result<bool, sqlx::Error> {
        let mut transaction = pg::begin(&self.database).await?;
        let found = search::lock_unfolded(&mut transaction, BATCH).await?;
        if found.is_empty() {
            return Ok(false);
        }
        let texts: Vec<_> =
            found.iter().map(|account| (account.user, searchable(&account.name, &account.email))).collect();
        search::write(&mut *transaction, &texts).await?;
        pg::commit(transaction).await?;
        Ok(true)
    }
}
