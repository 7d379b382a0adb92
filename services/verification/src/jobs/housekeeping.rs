//! Expires unused tokens and deletes old data.

use std::{sync::Arc, time::Duration};

use estore_base::clock::Clock;
use estore_server::limit;
use estore_telemetry::jobs;
use sqlx::PgPool;
use tokio::sync::Notify;

use crate::{
    Error,
    app::App,
    store::{tokens, verifications},
};

const PERIOD: Duration = Duration::from_mins(1);
/// The time for which an expired token is still distinguished from an unknown one.
const MEMORY: time::Duration = time::Duration::days(30);

pub(crate) struct Housekeeping {
    database: PgPool,
    clock: Arc<dyn Clock>,
}

impl Housekeeping {
    pub(crate) fn new(app: &App) -> Self {
        Self { database: app.database.clone(), clock: app.clock.clone() }
    }

    pub(crate) async fn run(self, stop: jobs::Stop) {
        jobs::poll(&stop, &Notify::new(), PERIOD, || self.step()).await;
    }

    async fn step(&self) -> Result<bool, Error> {
        let now = self.clock.now();
        let expired = verifications::expire(&self.database, now).await?;
        limit::sweep(&self.database).await?;
        let forgotten = tokens::forget(&self.database, now - MEMORY).await?;
        let erased = verifications::erase_late(&self.database).await?;
        if expired + forgotten + erased > 0 {
            tracing::info!(expired, forgotten, erased, "old emails expired or erased");
        }
        Ok(false)
    }
}
