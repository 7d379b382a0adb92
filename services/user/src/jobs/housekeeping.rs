//! Forgets what is not needed any more.

use std::{sync::Arc, time::Duration};

use estore_kit::{clock::Clock, jobs, limit};
use sqlx::PgPool;
use tokio::sync::Notify;

use crate::{
    app::App,
    store::{familiar, sessions},
};

const PERIOD: Duration = Duration::from_mins(1);
/// For how long operators can still look up a login that ended.
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

    async fn step(&self) -> Result<bool, sqlx::Error> {
        limit::sweep(&self.database).await?;
        familiar::forget(&self.database, self.clock.now()).await?;
        let forgotten = sessions::forget(&self.database, self.clock.now() - MEMORY).await?;
        if forgotten > 0 {
            tracing::info!(forgotten, "old sessions were put away");
        }
        Ok(false)
    }
}
