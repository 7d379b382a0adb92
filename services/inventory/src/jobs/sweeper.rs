//! Ends holds that are past their deadline (order-flow section 5). Every replica sweeps: the function makes it safe.

use std::time::Duration;

use estore_kit::{epoch::EpochGuard, fail_point, jobs, redis::Redis};
use tokio::sync::Notify;

use crate::{Error, app::App, metrics::Metrics, store::reservations};

/// How many at once: the server serves nobody else meanwhile.
const BATCH: usize = 40;

pub(crate) struct Sweeper {
    redis: Redis,
    epoch: EpochGuard,
    period: Duration,
    metrics: Metrics,
}

impl Sweeper {
    pub(crate) fn new(app: &App) -> Self {
        Self {
            redis: app.redis.clone(),
            epoch: app.epoch.clone(),
            period: app.sweep,
            metrics: app.metrics.clone(),
        }
    }

    pub(crate) async fn run(self, stop: jobs::Stop) {
        jobs::poll(&stop, &Notify::new(), self.period, || self.step()).await;
    }

    async fn step(&self) -> Result<bool, Error> {
        self.epoch.guard().await?;
        let swept = reservations::sweep(&self.redis, BATCH).await?;
        fail_point!("inventory.sweep.written");
        if swept > 0 {
            tracing::info!(swept, "holds ended by their deadline; their stock is free again");
        }
        self.metrics.expired.inc_by(swept);
        Ok(swept >= BATCH as u64)
    }
}
