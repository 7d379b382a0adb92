//! Sends what is in the outbox, in batches: many mails to a claim, a question to the User Service, and a commit.

mod attempt;

use std::{collections::HashMap, sync::Arc, time::Duration};

use estore_contract::{UserId, VerificationId, verification::Contact};
use estore_kit::{clock::Clock, jobs, peer::PeerClient};
use futures::{StreamExt, stream};
use sqlx::PgPool;
use tokio::{
    sync::{Mutex, Notify},
    time::Instant,
};

use crate::{
    Error,
    domain::{Addressee, addressee},
    mail::{Composer, Smtp},
    metrics::Metrics,
    peers::user,
    store::outbox::{self, Claimed},
};
use attempt::Templates;

/// The mails of one batch. A worker that dies sends at most so many twice, with the same Message-ID.
const BATCH: i64 = 16;
/// The connections to the mail server.
const CONNECTIONS: usize = 4;
/// The lease of a batch. After it another worker sends what this one did not.
const LEASE: time::Duration = time::Duration::seconds(30);
/// The time in which the mails of a batch begin: what the mail server may take for one is left of the lease. Later ones wait for
/// its end.
const BEGIN: Duration = Duration::from_secs(15);
/// The pause between looks that nothing wakes: for mails that are due again, and for those that another replica left behind.
const PERIOD: Duration = Duration::from_millis(500);

/// The worker.
pub struct Outbox {
    /// Where the outbox is.
    pub database: PgPool,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Knows where the owners of accounts are.
    pub user: PeerClient,
    /// Makes the mails.
    pub composer: Composer,
    /// Takes them.
    pub smtp: Smtp,
    /// Notified once a mail is in the outbox.
    pub wake: Arc<Notify>,
    /// Counts.
    pub metrics: Metrics,
}

/// What the mails of one batch share.
struct Batch {
    began: Instant,
    /// Where the owners of accounts are, or why nobody knows.
    owners: Result<HashMap<UserId, Contact>, String>,
    /// The newest template of each purpose and language that was needed.
    templates: Mutex<Templates>,
}

impl Outbox {
    /// Runs until `stop`.
    pub async fn run(self, stop: jobs::Stop) {
        let shown = Mutex::new(None);
        jobs::poll(&stop, &self.wake, PERIOD, || self.step(&shown)).await;
    }

    /// Sends a batch of what is due; `true` if there may be more.
    async fn step(&self, shown: &Mutex<Option<Instant>>) -> Result<bool, Error> {
        let claimed = outbox::claim(&self.database, BATCH, LEASE, self.clock.now()).await?;
        let more = !claimed.is_empty();
        if more {
            self.send(claimed).await?;
        }
        self.show(shown, !more).await?;
        Ok(more)
    }

    async fn send(&self, claimed: Vec<Claimed>) -> Result<(), Error> {
        let batch =
            Batch { began: Instant::now(), owners: self.owners(&claimed).await, templates: Mutex::default() };
        let mut attempts =
            stream::iter(claimed).map(|mail| self.take(mail, &batch)).buffer_unordered(CONNECTIONS);
        let (mut sent, mut failed): (Vec<(VerificationId, String)>, Option<Error>) = Default::default();
        while let Some(attempt) = attempts.next().await {
            match attempt {
                Ok(answered) => sent.extend(answered),
                Err(error) => failed = Some(error),
            }
        }
        // Also if another mail of the batch failed: what is not noted goes again.
        if !sent.is_empty() {
            outbox::sent(&self.database, &sent, self.clock.now()).await?;
        }
        failed.map_or(Ok(()), Err)
    }

    async fn owners(&self, claimed: &[Claimed]) -> Result<HashMap<UserId, Contact>, String> {
        let owned = claimed.iter().filter(|mail| addressee(mail.purpose) == Addressee::Owner);
        let owners = owned.map(|mail| mail.user).collect();
        user::contacts(&self.user, owners).await.map_err(|error| error.to_string())
    }

    /// Shows how much waits: when nothing is left, else once in a while, as counting a long outbox takes long.
    async fn show(&self, shown: &Mutex<Option<Instant>>, is_empty: bool) -> Result<(), Error> {
        let mut shown = shown.lock().await;
        if is_empty || shown.is_none_or(|shown| shown.elapsed() >= PERIOD) {
            self.metrics.outbox.show(outbox::waiting(&self.database).await?, self.clock.now());
            *shown = Some(Instant::now());
        }
        Ok(())
    }
}
