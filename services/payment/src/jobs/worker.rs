//! Takes up orders and refunds that nobody works on: what a crash, or a silent peer, left behind (order-flow section 5).

use std::{sync::Arc, time::Duration};

use estore_kit::{epoch::EpochGuard, jobs, redis::Redis, trace};
use futures::future::join_all;
use tokio::sync::Notify;

use crate::{
    Error,
    app::App,
    domain::Order,
    flow::Flow,
    metrics::Metrics,
    store::orders::{self, Work},
};

/// How many at once.
const BATCH: usize = 16;
/// How often it looks for what is due.
const PERIOD: Duration = Duration::from_millis(500);
/// From here on, an order that no deadline ends asks for a person.
const TOO_LONG: time::Duration = time::Duration::minutes(3);

pub(crate) struct Worker {
    redis: Redis,
    epoch: EpochGuard,
    flow: Flow,
    lease: Duration,
    wake: Arc<Notify>,
    metrics: Metrics,
}

impl Worker {
    pub(crate) fn new(app: &App) -> Self {
        Self {
            redis: app.redis.clone(),
            epoch: app.epoch.clone(),
            flow: app.flow.clone(),
            lease: app.config.lease,
            wake: app.work.clone(),
            metrics: app.metrics.clone(),
        }
    }

    pub(crate) async fn run(self, stop: jobs::Stop) {
        jobs::poll(&stop, &self.wake, PERIOD, || self.step()).await;
    }

    async fn step(&self) -> Result<bool, Error> {
        self.epoch.guard().await?;
        let claimed = orders::claim(&self.redis, BATCH, self.lease).await?;
        let full = claimed.len() >= BATCH;
        join_all(claimed.into_iter().map(|work| self.take(work))).await;
        Ok(full)
    }

    async fn take(&self, work: Work) {
        match work {
            Work::Order(order) => {
                let (id, from, version) = (order.id, order.state, order.version);
                self.metrics.retries.with_label_values(&[from.as_str()]).inc();
                self.complain(&order);
                let span = trace::resume("resume order", order.cause.as_ref())
                    .with("estore.order.id", || id.to_string())
                    .with("estore.order.state", || from.as_str())
                    .with("estore.attempts", || i64::from(order.attempts));
                let now = Box::pin(span.run(self.flow.drive(*order))).await;
                if now.version != version {
                    tracing::info!(order = %id, from = from.as_str(), to = now.state.as_str(), "an order that was left behind went on");
                }
            }
            Work::Refund(both) => {
                let (order, refund) = *both;
                let (n, from, version) = (refund.n, refund.stage, refund.version);
                self.metrics.retries.with_label_values(&["refund"]).inc();
                let span = trace::resume("resume refund", refund.cause.as_ref())
                    .with("estore.order.id", || order.id.to_string())
                    .with("estore.refund", || i64::from(n));
                let now = span.run(self.flow.drive_refund(&order, refund)).await;
                if now.version != version {
                    tracing::info!(order = %order.id, refund = n, from = from.as_str(), to = now.stage.as_str(), "a refund that was left behind went on");
                }
            }
        }
    }

    /// An order that only tries can end, and that they do not end, is told of.
    fn complain(&self, order: &Order) {
        if !order.state.can_time_out() && order.now - order.updated_at > TOO_LONG {
            self.metrics.alarms.with_label_values(&["stuck"]).inc();
            tracing::error!(order = %order.id, state = order.state.as_str(), attempts = order.attempts, "the order is stuck");
        }
    }
}
