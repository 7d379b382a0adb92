//! Tells the User Service which addresses are proven, until it answers.

use std::{sync::Arc, time::Duration};

use estore_contract::PeerName;
use estore_kit::{StartError, clock::Clock, config::Env, fail_point, jobs, peer::PeerClient, random, trace};
use futures::future::join_all;
use sqlx::PgPool;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    Error,
    app::App,
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
}

impl Reports {
    pub(crate) fn new(app: &App, env: &Env) -> Result<Self, StartError> {
        let user = PeerClient::from_env(env, PeerName::User)?;
        Ok(Self { database: app.database.clone(), clock: app.clock.clone(), user, wake: app.reports.clone() })
    }

    pub(crate) async fn run(self, stop: CancellationToken) {
        jobs::poll("reports", &stop, &self.wake, PERIOD, || self.step()).await;
    }

    async fn step(&self) -> Result<bool, Error> {
        let claimed = reports::claim(&self.database, BATCH, LEASE, self.clock.now()).await?;
        let more = !claimed.is_empty();
        for told in join_all(claimed.into_iter().map(|report| self.take(report))).await {
            told?;
        }
        Ok(more)
    }

    async fn take(&self, claimed: Claimed) -> Result<(), Error> {
        let span = trace::process("reports", claimed.cause.as_ref());
        span.run(self.tell(claimed)).await
    }

    async fn tell(&self, claimed: Claimed) -> Result<(), Error> {
        let id = claimed.report.verification_id;
        let answer = user::email_verified(&self.user, claimed.user, &claimed.report).await;
        fail_point!("verification.report.answered");
        match answer {
            Ok(()) => reports::done(&self.database, id, self.clock.now()).await?,
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
