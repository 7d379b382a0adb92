//! Counts all open orders at intervals, and reads the result of the last audit, for operators.

use std::time::Duration;

use estore_stores::redis::Redis;
use estore_telemetry::jobs;
use tokio::sync::Notify;

use crate::{
    Error,
    app::App,
    metrics::Metrics,
    store::{audit, survey},
};

const PERIOD: Duration = Duration::from_secs(2);

pub(crate) struct Surveyor {
    redis: Redis,
    metrics: Metrics,
}

impl Surveyor {
    pub(crate) fn new(app: &App) -> Self {
        Self { redis: app.redis.clone(), metrics: app.metrics.clone() }
    }

    pub(crate) async fn run(self, stop: jobs::Stop) {
        jobs::poll(&stop, &Notify::new(), PERIOD, || self.step()).await;
    }

    async fn step(&self) -> Result<bool, Error> {
        self.metrics.watch(&survey::survey(&self.redis).await?);
        if let Some(report) = audit::last(&self.redis).await? {
            self.metrics.audited(&report);
        }
        Ok(false)
    }
}
