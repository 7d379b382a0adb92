//! Asks the Verification Service for the mails in the outbox, until it answers.

use std::{sync::Arc, time::Duration};

use estore_kit::{clock::Clock, fail_point, jobs, peer::PeerClient, random, trace};
use futures::future::join_all;
use sqlx::PgPool;
use time::OffsetDateTime;
use tokio::sync::Notify;

use crate::{
    app::App,
    metrics::Metrics,
    peers::verification,
    store::outbox::{self, Claimed},
};

const BATCH: i64 = 10;
/// Longer than a call may take with its repeats.
const LEASE: time::Duration = time::Duration::seconds(15);
/// How often it looks without being woken: for what another replica left behind.
const PERIOD: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

pub(crate) struct Outbox {
    database: PgPool,
    clock: Arc<dyn Clock>,
    verification: PeerClient,
    wake: Arc<Notify>,
    metrics: Metrics,
}

impl Outbox {
    pub(crate) fn new(app: &App) -> Self {
        Self {
            database: app.database.clone(),
            clock: app.clock.clone(),
            verification: app.verification.clone(),
            wake: app.mail.clone(),
            metrics: app.metrics.clone(),
        }
    }

    pub(crate) async fn run(self, stop: jobs::Stop) {
        jobs::poll(&stop, &self.wake, PERIOD, || self.step()).await;
    }

    async fn step(&self) -> Result<bool, sqlx::Error> {
        let now = self.clock.now();
        let claimed = outbox::claim(&self.database, BATCH, LEASE, now).await?;
        let more = !claimed.is_empty();
        for sent in join_all(claimed.into_iter().map(|mail| self.send(mail))).await {
            sent?;
        }
        if !more {
            // Sent ones are kept as long as they count.
            outbox::forget(&self.database, now - time::Duration::hours(1)).await?;
        }
        self.metrics.mails.show(outbox::waiting(&self.database).await?, self.clock.now());
        Ok(more)
    }

    async fn send(&self, mail: Claimed) -> Result<(), sqlx::Error> {
        let span = trace::process("mails", mail.cause.as_ref());
        span.run(self.ask(mail)).await
    }

    async fn ask(&self, mail: Claimed) -> Result<(), sqlx::Error> {
        let answer = verification::ask(&self.verification, &mail.request).await;
        fail_point!("user.mail.answered");
        match answer {
            Ok(_accepted) => outbox::done(&self.database, mail.id, self.clock.now()).await,
            Err(error) => {
                tracing::warn!(mail = %mail.id, attempts = mail.attempts, %error, "a mail was not asked for; it will be");
                outbox::postpone(&self.database, mail.id, self.later(mail.attempts)).await
            }
        }
    }

    /// 1 s, doubled with each attempt up to a minute, with full jitter.
    fn later(&self, attempts: i32) -> OffsetDateTime {
        let attempts = u32::try_from(attempts).unwrap_or(0);
        self.clock.now() + jobs::backoff(attempts, LONGEST_PAUSE, random::fraction())
    }
}
