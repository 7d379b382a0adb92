//! Keeps indexes complete for products that earlier releases wrote.
//!
//! Keeps the words of every product folded by the rules of this version. After an upgrade it
//! rewrites those of all products. It also rewrites those that a replica of the previous release
//! writes meanwhile. Every replica does this: writing the same words twice is harmless.

use std::time::Duration;

use estore_stores::redis::Redis;
use estore_telemetry::jobs;
use tokio::sync::Notify;

use crate::{
    Error,
    app::App,
    store::{archived, folding},
};

const PERIOD: Duration = Duration::from_mins(1);

pub(crate) struct Indexer {
    redis: Redis,
}

impl Indexer {
    pub(crate) fn new(app: &App) -> Self {
        Self { redis: app.redis.clone() }
    }

    pub(crate) async fn run(self, stop: jobs::Stop) {
        jobs::poll(&stop, &Notify::new(), PERIOD, || self.step()).await;
    }

    async fn step(&self) -> Result<bool, Error> {
        archived::gather(&self.redis).await?;
        let written = folding::refresh(&self.redis).await?;
        if written > 0 {
            tracing::info!(written, "products indexed again with the folding of this version");
        }
        // A product that moved in its order meanwhile may have been missed.
        Ok(written > 0)
    }
}
