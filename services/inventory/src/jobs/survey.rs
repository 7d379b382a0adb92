//! Surveys all stock periodically, for operators.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use estore_stores::redis::Redis;
use estore_telemetry::jobs;
use tokio::{sync::Notify, time::Instant};

use crate::{Error, app::App, metrics::Metrics, store::survey};

const PERIOD: Duration = Duration::from_secs(5);
/// The factor by which the pause is longer than the survey, because a survey of a large catalogue
/// takes a while. The pause is at most a minute.
const PAUSES: u32 = 50;
const LONGEST: Duration = Duration::from_mins(1);

pub(crate) struct Surveyor {
    redis: Redis,
    metrics: Metrics,
    /// The time at which the next survey may begin.
    next: Mutex<Instant>,
}

impl Surveyor {
    pub(crate) fn new(app: &App) -> Self {
        let next = Mutex::new(Instant::now());
        Self { redis: app.redis.clone(), metrics: app.metrics.clone(), next }
    }

    pub(crate) async fn run(self, stop: jobs::Stop) {
        jobs::poll(&stop, &Notify::new(), PERIOD, || self.step()).await;
    }

    async fn step(&self) -> Result<bool, Error> {
        let began = Instant::now();
        if began >= *self.next.lock().unwrap_or_else(PoisonError::into_inner) {
            self.metrics.watch(&survey::survey(&self.redis).await?);
            let pause = (began.elapsed() * PAUSES).min(LONGEST);
            *self.next.lock().unwrap_or_else(PoisonError::into_inner) = began + pause;
        }
        Ok(false)
    }
}
