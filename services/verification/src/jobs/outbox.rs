//! Sends the emails of the outbox in batches. Each batch has one claim, at most one request to the
//! User Service, and one commit.

mod attempt;

use std::{collections::HashMap, time::Duration};

use estore_client::PeerClient;
use estore_contract::{UserId, VerificationId, verification::Contact};
use estore_stores::{
    pg,
    queue::{Claimed, Worker},
};
use estore_telemetry::{jobs, metrics::IntCounterVec};
use futures::{StreamExt, stream};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep},
};

use crate::{
    Error,
    domain::{Addressee, addressee},
    mail::{Composer, Smtp},
    peers::user,
    store::outbox::{self, Mail},
};
use attempt::Templates;

/// The number of connections to the mail server.
const CONNECTIONS: usize = 4;
/// The time within which the emails of a batch must start. It leaves enough of the lease for the
/// longest answer of the mail server. Later emails wait for the lease to end.
const BEGIN: Duration = Duration::from_secs(15);
/// The time for which the record of accepted emails is repeated. It may outlast the lease: while
/// the database is away, no other worker claims them either.
const RECORD: Duration = Duration::from_mins(2);
/// The pause before the record is repeated.
const AGAIN: Duration = Duration::from_millis(500);

/// The job that sends emails.
pub(crate) struct Outbox {
    pub(crate) worker: Worker<Mail>,
    /// Supplies the contact details of account owners.
    pub(crate) user: PeerClient,
    pub(crate) composer: Composer,
    pub(crate) smtp: Smtp,
    /// Attempts by purpose and outcome.
    pub(crate) attempts: IntCounterVec,
}

/// The state that the emails of one batch share.
struct Batch {
    began: Instant,
    /// The contact details of account owners, or the reason why they are not available.
    owners: Result<HashMap<UserId, Contact>, String>,
    /// The newest template of each purpose and language that the batch has needed.
    templates: Mutex<Templates>,
}

impl Outbox {
    pub(crate) async fn run(self, stop: jobs::Stop) {
        tokio::select! {
            () = self.worker.run(&stop, |claimed| self.send(claimed, &stop)) => {}
            () = self.smtp.close_idle() => {}
        }
    }

    async fn send(&self, claimed: Vec<Claimed<Mail>>, stop: &jobs::Stop) -> Result<(), Error> {
        let batch =
            Batch { began: Instant::now(), owners: self.owners(&claimed).await, templates: Mutex::default() };
        let mut attempts =
            stream::iter(claimed).map(|mail| self.take(mail, &batch, stop)).buffer_unordered(CONNECTIONS);
        let (mut sent, mut failed): (Vec<(VerificationId, String)>, Option<Error>) = Default::default();
        while let Some(attempt) = attempts.next().await {
            match attempt {
                Ok(answered) => sent.extend(answered),
                Err(error) => failed = Some(error),
            }
        }
        // This happens even if another email of the batch failed, because an email that is not
        // recorded is sent again.
        if !sent.is_empty() {
            self.record(&sent).await?;
        }
        failed.map_or(Ok(()), Err)
    }

    /// Records accepted emails. Tries again after a failure that passes, such as a lock or the
    /// failover of the database.
    async fn record(&self, sent: &[(VerificationId, String)]) -> Result<(), sqlx::Error> {
        let (now, began) = (self.worker.clock.now(), Instant::now());
        loop {
            match pg::within(outbox::sent(&self.worker.database, sent, now)).await {
                Err(error) if pg::is_away(&error) && began.elapsed() < RECORD => {
                    tracing::warn!(%error, "accepted emails are not recorded; will retry");
                    sleep(AGAIN).await;
                }
                done => return done,
            }
        }
    }

    async fn owners(&self, claimed: &[Claimed<Mail>]) -> Result<HashMap<UserId, Contact>, String> {
        let mails = claimed.iter().map(|claimed| &claimed.entry);
        let owned = mails.filter(|mail| addressee(mail.purpose) == Addressee::Owner);
        let owners = owned.map(|mail| mail.user).collect();
        user::contacts(&self.user, owners).await.map_err(|error| error.to_string())
    }
}
