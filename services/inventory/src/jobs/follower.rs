//! Keeps this replica's catalogue up to date.

use std::time::Duration;

use estore_telemetry::jobs;
use tokio::{sync::Notify, time::sleep};

use crate::{
    Error,
    app::App,
    catalogue::{self, PERIOD},
};

/// The pause after a step that failed.
const PAUSE: Duration = Duration::from_secs(1);

pub(crate) struct Follower {
    follower: catalogue::Follower,
}

impl Follower {
    pub(crate) fn new(app: &App) -> Self {
        let follower = catalogue::Follower::new(app.catalogue.clone(), app.redis.clone());
        Self { follower: follower.measured(app.metrics.clone()) }
    }

    pub(crate) async fn run(self, stop: jobs::Stop) {
        jobs::poll(&stop, &Notify::new(), PERIOD, || self.step(&stop)).await;
    }

    async fn step(&self, stop: &jobs::Stop) -> Result<bool, Error> {
        let outcome = self.follower.step().await;
        if outcome.is_err() {
            tokio::select! { () = stop.token().cancelled() => {}, () = sleep(PAUSE) => {} }
        }
        outcome
    }
}
