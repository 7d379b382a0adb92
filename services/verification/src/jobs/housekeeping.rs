//! Expires unused tokens and deletes old data.

use std::{sync::Arc, time::Duration};

use estore_base::clock::Clock;
use estore_server::limit;
use estore_stores::pg;
use estore_telemetry::jobs;
use sqlx::PgPool;
use tokio::sync::Notify;

use crate::{
    Error,
    app::App,
    store::{tokens, verifications},
};

const PERIOD: Duration = Duration::from_mins(1);
/// The number of rows that one statement changes, so that it ends within its time.
const BATCH: u16 = 1000;
/// The time within which a request that an erasure overtook has ended.
const LATE: time::Duration = time::Duration::days(1);
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

    /// Does each part, whether or not another one failed. Returns `true` if there may be more.
    async fn step(&self) -> Result<bool, Error> {
        let (db, now, most) = (&self.database, self.clock.now(), BATCH.into());
        let expired = pg::within(verifications::expire(db, now, most)).await;
        let swept = pg::within(limit::sweep(db)).await;
        let forgotten = pg::within(tokens::forget(db, now - MEMORY, most)).await;
        let erased = pg::within(verifications::erase_late(db, now - LATE, most)).await;
        let (expired, _swept, forgotten, erased) = (expired?, swept?, forgotten?, erased?);
        if expired + forgotten + erased > 0 {
            tracing::info!(expired, forgotten, erased, "old emails expired or erased");
        }
        Ok(expired.max(forgotten).max(erased) >= BATCH.into())
    }
}
