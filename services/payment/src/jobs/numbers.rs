//! Adds orders to the index of numbers that a version without it created. New orders are added as
//! they are created.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use estore_server::epoch::EpochGuard;
use estore_stores::redis::Redis;
use estore_telemetry::jobs;
use tokio::sync::Notify;

use crate::{Error, app::App, store::numbers};

/// The number of orders in one step. The store serves nobody else meanwhile, about 1 ms.
const BATCH: usize = 1_000;
/// The pause between two looks, because the store may be exchanged for an older one.
const PERIOD: Duration = Duration::from_mins(1);

pub(crate) struct Numberer {
    redis: Redis,
    epoch: EpochGuard,
    /// The place to continue from; empty at the beginning.
    place: Mutex<String>,
}

impl Numberer {
    pub(crate) fn new(app: &App) -> Self {
        Self { redis: app.redis.clone(), epoch: app.epoch.clone(), place: Mutex::default() }
    }

    pub(crate) async fn run(self, stop: jobs::Stop) {
        jobs::poll(&stop, &Notify::new(), PERIOD, || self.step()).await;
    }

    async fn step(&self) -> Result<bool, Error> {
        self.epoch.guard().await?;
        let place = self.place.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let next = numbers::index(&self.redis, &place, BATCH).await?;
        let more = !next.is_empty();
        if !more && !place.is_empty() {
            tracing::info!("every order has its place in the index of numbers");
        }
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(more)
    }
}
