//! Takes up orders and refunds that nobody works on, such as those left by a crash or a silent peer
//! (order-flow section 5).

use std::{sync::Arc, time::Duration};

use estore_server::epoch::EpochGuard;
use estore_stores::redis::Redis;
use estore_telemetry::{
    jobs,
    trace::{self, TraceContext},
};
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

/// The number of items claimed at once.
const BATCH: usize = 16;
/// The pause between two looks for due work.
const PERIOD: Duration = Duration::from_millis(500);
/// The time without a transition after which an order that no deadline ends, or a refund, raises an
/// alarm for an operator.
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
                self.alarm_if_overdue(&order);
                let cause = order.trace_context.as_deref().and_then(TraceContext::parse);
                let span = trace::resume("resume order", cause.as_ref())
                    .with("estore.order.id", || id.to_string())
                    .with("estore.order.state", || from.as_str())
                    .with("estore.attempts", || i64::from(order.attempts));
                let now = Box::pin(span.run(self.flow.drive(*order))).await;
                if now.version != version {
                    tracing::info!(order = %id, from = from.as_str(), to = now.state.as_str(), "abandoned order resumed");
                }
            }
            Work::Refund(both) => {
                let (order, refund) = *both;
                let (n, from, version) = (refund.n, refund.stage, refund.version);
                self.metrics.retries.with_label_values(&["refund"]).inc();
                if order.now - refund.updated_at > TOO_LONG {
                    self.metrics.alarms.with_label_values(&["stuck"]).inc();
                    tracing::error!(order = %order.id, refund = n, stage = from.as_str(), attempts = refund.attempts, "refund makes no progress; will keep retrying");
                }
                let cause = refund.trace_context.as_deref().and_then(TraceContext::parse);
                let span = trace::resume("resume refund", cause.as_ref())
                    .with("estore.order.id", || order.id.to_string())
                    .with("estore.refund", || i64::from(n));
                let now = span.run(self.flow.drive_refund(&order, refund)).await;
                if now.version != version {
                    tracing::info!(order = %order.id, refund = n, from = from.as_str(), to = now.stage.as_str(), "abandoned refund resumed");
                }
            }
        }
    }

    /// Raises an alarm for an order that only retries can end, if they have not ended it for too
    /// long.
    fn alarm_if_overdue(&self, order: &Order) {
        if !order.state.can_time_out() && order.now - order.updated_at > TOO_LONG {
            self.metrics.alarms.with_label_values(&["stuck"]).inc();
            tracing::error!(order = %order.id, state = order.state.as_str(), attempts = order.attempts, "order makes no progress; will keep retrying");
        }
    }
}
