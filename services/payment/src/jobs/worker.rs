//! Takes up orders that nobody works on: what a crash, or a silent peer, left behind (order-flow section 5).

use std::{sync::Arc, time::Duration};

use estore_kit::{jobs, redis::Redis};
use futures::future::join_all;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{Error, app::App, flow::Flow, metrics::Metrics, store::orders};

/// How many at once.
const BATCH: usize = 16;
/// How often it looks for what is due.
const PERIOD: Duration = Duration::from_millis(500);

pub(crate) struct Worker {
    redis: Redis,
    flow: Flow,
    lease: Duration,
    wake: Arc<Notify>,
    metrics: Metrics,
}

impl Worker {
    pub(crate) fn new(app: &App) -> Self {
        Self {
            redis: app.redis.clone(),
            flow: app.flow.clone(),
            lease: app.config.lease,
            wake: app.work.clone(),
            metrics: app.metrics.clone(),
        }
    }

    pub(crate) async fn run(self, stop: CancellationToken) {
        jobs::poll("worker", &stop, &self.wake, PERIOD, || self.step()).await;
    }

    async fn step(&self) -> Result<bool, Error> {
        let claimed = orders::claim(&self.redis, BATCH, self.lease).await?;
        let full = claimed.len() >= BATCH;
        join_all(claimed.into_iter().map(|order| self.flow.drive(order))).await;
        self.metrics.open.set(orders::open(&self.redis).await?);
        Ok(full)
    }
}
