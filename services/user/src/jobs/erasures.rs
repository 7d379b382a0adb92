//! Tells the services that hold personal data which accounts are closed, until they have erased it.

use std::{sync::Arc, time::Duration};

use estore_contract::PeerName;
use estore_kit::{clock::Clock, fail_point, jobs, peer::PeerClient, random, trace};
use futures::future::join_all;
use sqlx::PgPool;
use tokio::sync::Notify;

use crate::{
    app::App,
    metrics::Metrics,
    peers::privacy,
    store::erasures::{self, Claimed},
};

const BATCH: i64 = 10;
/// Longer than a call may take with its repeats.
const LEASE: time::Duration = time::Duration::seconds(15);
const PERIOD: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

pub(crate) struct Erasures {
    database: PgPool,
    clock: Arc<dyn Clock>,
    payment: PeerClient,
    verification: PeerClient,
    wake: Arc<Notify>,
    metrics: Metrics,
}

impl Erasures {
    pub(crate) fn new(app: &App) -> Self {
        Self {
            database: app.database.clone(),
            clock: app.clock.clone(),
            payment: app.payment.clone(),
            verification: app.verification.clone(),
            wake: app.closed.clone(),
            metrics: app.metrics.clone(),
        }
    }

    pub(crate) async fn run(self, stop: jobs::Stop) {
        jobs::poll(&stop, &self.wake, PERIOD, || self.step()).await;
    }

    async fn step(&self) -> Result<bool, sqlx::Error> {
        let claimed = erasures::claim(&self.database, BATCH, LEASE, self.clock.now()).await?;
        let more = !claimed.is_empty();
        for asked in join_all(claimed.into_iter().map(|erasure| self.take(erasure))).await {
            asked?;
        }
        self.metrics.erasures.show(erasures::waiting(&self.database).await?, self.clock.now());
        Ok(more)
    }

    async fn take(&self, erasure: Claimed) -> Result<(), sqlx::Error> {
        let span =
            trace::process("erasures", erasure.cause.as_ref()).with("peer.service", || erasure.peer.as_str());
        span.run(self.ask(erasure)).await
    }

    async fn ask(&self, erasure: Claimed) -> Result<(), sqlx::Error> {
        let Claimed { user, peer, attempts, .. } = erasure;
        let client = if peer == PeerName::Payment { &self.payment } else { &self.verification };
        let answer = privacy::erase(client, user).await;
        fail_point!("user.erasure.answered");
        match answer {
            Ok(()) => {
                tracing::info!(%user, %peer, "a closed account is erased there");
                erasures::done(&self.database, &erasure, self.clock.now()).await
            }
            Err(error) => {
                tracing::warn!(%user, %peer, attempts, %error, "a closed account is not erased there yet; it will be");
                let due = self.clock.now() + jobs::backoff(attempts, LONGEST_PAUSE, random::fraction());
                erasures::postpone(&self.database, &erasure, due).await
            }
        }
    }
}
