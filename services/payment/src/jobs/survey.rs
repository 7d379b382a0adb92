//! Counts all open orders at intervals, and reads the result of the last audit and the currencies
//! of sales, for operators.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use estore_stores::redis::Redis;
use estore_telemetry::jobs;
use tokio::sync::Notify;

use crate::{
    Error,
    app::App,
    metrics::Metrics,
    store::{audit, sales, survey},
};

const PERIOD: Duration = Duration::from_secs(2);
/// A day in seconds.
const DAY: i64 = 24 * 60 * 60;
/// The number of days before today whose currencies are read first.
const PAST_DAYS: i64 = 31;

pub(crate) struct Surveyor {
    redis: Redis,
    metrics: Metrics,
    /// Set once the currencies of the past days are read.
    has_read_past: AtomicBool,
}

impl Surveyor {
    pub(crate) fn new(app: &App) -> Self {
        Self { redis: app.redis.clone(), metrics: app.metrics.clone(), has_read_past: AtomicBool::new(false) }
    }

    pub(crate) async fn run(self, stop: jobs::Stop) {
        jobs::poll(&stop, &Notify::new(), PERIOD, || self.step()).await;
    }

    async fn step(&self) -> Result<bool, Error> {
        let found = survey::survey(&self.redis).await?;
        self.metrics.watch(&found);
        if let Some(report) = audit::last(&self.redis).await? {
            self.metrics.audited(&report);
        }
        let today = found.now.unix_timestamp().div_euclid(DAY);
        // Other replicas may sell in another currency today.
        let past = if self.has_read_past.load(Ordering::Relaxed) { 0 } else { PAST_DAYS };
        let days: Vec<i64> = (today - past..=today).collect();
        self.metrics.sells_in(&sales::currencies(&self.redis, &days).await?);
        self.has_read_past.store(true, Ordering::Relaxed);
        Ok(false)
    }
}
