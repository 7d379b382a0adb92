//! Tells the User Service which addresses are proven, until it answers.

use std::{sync::Arc, time::Duration};

use estore_kit::{clock::Clock, fail_point, jobs, peer::PeerClient, random, trace};
use futures::future::join_all;
use sqlx::PgPool;
use tokio::sync::Notify;

use crate::{
    Error,
    app::App,
    metrics::Metrics,
    peers::user,
    store::reports::{self, Claimed},
};

const BATCH: i64 = 10;
const LEASE: time::Duration = time::Duration::seconds(15);
const PERIOD: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

pub(crate) struct Reports {
    database: PgPool,
    clock: Arc<dyn Clock>,
    user: PeerClient,
    wake: Arc<Notify>,
    metrics: Metrics,
}

impl Reports {
    pub(crate) fn new(app: &App) -> Self {
        Self {
            database: app.database.clone(),
            clock: app.clock.clone(),
            user: app.user.clone(),
            wake: app.reports.clone(),
            metrics: app.metrics.clone(),
        }
    }

    pub(crate) async fn run(self, stop: jobs::Stop) {
        jobs::poll(&stop, &self.wake, PERIOD, || self.step()).await;
    }

    async fn step(&self) -> Result<bool, Error> {
        let claimed = reports::claim(&self.database, BATCH, LEASE, self.clock.now()).await?;
        let more = !claimed.is_empty();
        for told in join_all(claimed.into_iter().map(|report| self.take(report))).await {
            told?;
        }
        self.metrics.reports.show(reports::waiting(&self.database).await?, self.clock.now());
        Ok(more)
    }

    async fn take(&self, claimed: Claimed) -> Result<(), Error> {
        let span = trace::process("reports", claimed.cause.as_ref());
        span.run(self.tell(claimed)).await
    }

    async fn tell(&self, claimed: Claimed) -> Result<(), Error> {
        let id = claimed.report.verification_id;
        let answer = user::pressed(&self.user, claimed.user, &claimed.report).await;
        fail_point!("verification.report.answered");
        match answer {
            Ok(outcome) => reports::done(&self.database, id, outcome, self.clock.now()).await?,
            Err(error) => {
                tracing::warn!(verification = %id, attempts = claimed.attempts, %error, "a report was not taken; it will be sent again");
                let due =
                    self.clock.now() + jobs::backoff(claimed.attempts, LONGEST_PAUSE, random::fraction());
                reports::postpone(&self.database, id, due).await?;
            }
        }
        Ok(())
    }
}
