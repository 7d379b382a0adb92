//! Ends holds that are past their deadline (order-flow section 5). Every replica sweeps: the
//! function makes that safe.

use std::time::Duration;

use estore_base::fail_point;
use estore_server::epoch::EpochGuard;
use estore_stores::redis::Redis;
use estore_telemetry::jobs;
use tokio::sync::Notify;

use crate::{Error, app::App, metrics::Metrics, store::reservations};

/// The most holds in one call. The server serves no other client during the call, which also ends
/// after a hundred lines.
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
            tracing::info!(swept, "holds expired; their stock is available again");
        }
        self.metrics.expired.inc_by(swept);
        Ok(swept > 0)
    }
}
