//! Keeps the words of every product folded as this version folds them: after an upgrade those of all products, and those that a
//! replica of before writes meanwhile. Every replica looks: what is written twice is the same.

use std::time::Duration;

use estore_kit::{jobs, redis::Redis};
use tokio::sync::Notify;

use crate::{Error, app::App, store::folding};

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
        let written = folding::refresh(&self.redis).await?;
        if written > 0 {
            tracing::info!(written, "products are found by words folded as this version folds them");
        }
        // A product that moved in its order meanwhile may have been missed.
        Ok(written > 0)
    }
}
