//! Sends what is in the outbox.

use std::{sync::Arc, time::Duration};

use estore_kit::{clock::Clock, fail_point, jobs, random, trace};
use futures::future::join_all;
use sqlx::PgPool;
use tokio::sync::Notify;

use crate::{
    Error,
    domain::{MailToken, lifetime, next_try},
    mail::{Composer, Outcome, Smtp},
    metrics::Metrics,
    store::{
        outbox::{self, Claimed},
        templates, tokens,
    },
};

/// How many at once: as many connections to the mail server.
const BATCH: i64 = 4;
/// Longer than the mail server may take. A worker that dies in between leaves the mail to another, which sends it again
/// with the same Message-ID.
const LEASE: time::Duration = time::Duration::seconds(30);
/// How often it looks without being woken: for what is due again, and for what another replica left behind.
const PERIOD: Duration = Duration::from_millis(500);

/// The worker.
pub struct Outbox {
    /// Where the outbox is.
    pub database: PgPool,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Makes the mails.
    pub composer: Composer,
    /// Takes them.
    pub smtp: Smtp,
    /// Notified once a mail is in the outbox.
    pub wake: Arc<Notify>,
    /// Counts.
    pub metrics: Metrics,
}

impl Outbox {
    /// Runs until `stop`.
    pub async fn run(self, stop: jobs::Stop) {
        jobs::poll(&stop, &self.wake, PERIOD, || self.step()).await;
    }

    /// Sends what is due; `true` where there may be more.
    pub async fn step(&self) -> Result<bool, Error> {
        let claimed = outbox::claim(&self.database, BATCH, LEASE, self.clock.now()).await?;
        let more = !claimed.is_empty();
        for sent in join_all(claimed.into_iter().map(|mail| self.take(mail))).await {
            sent?;
        }
        self.metrics.outbox.show(outbox::waiting(&self.database).await?, self.clock.now());
        Ok(more)
    }

    async fn take(&self, mail: Claimed) -> Result<(), Error> {
        let span = trace::process("mails", mail.cause.as_ref())
            .with("estore.mail.purpose", || mail.purpose.as_str())
            .with("estore.attempts", || i64::from(mail.attempts));
        span.run(self.send(mail)).await
    }

    async fn send(&self, mail: Claimed) -> Result<(), Error> {
        let outcome = self.attempt(&mail).await?;
        fail_point!("verification.mail.answered");
        let (id, now) = (mail.id, self.clock.now());
        let label = match &outcome {
            Outcome::Sent(_) => "sent",
            Outcome::Later(_) => "retried",
            Outcome::Bounced(_) => "bounced",
        };
        self.metrics.mails.with_label_values(&[mail.purpose.as_str(), label]).inc();
        tracing::info!(mail = %id, purpose = mail.purpose.as_str(), attempts = mail.attempts, ?outcome, "mail tried");
        match outcome {
            Outcome::Sent(answer) => outbox::sent(&self.database, id, &answer, now).await?,
            Outcome::Bounced(answer) => outbox::bounced(&self.database, id, &answer).await?,
            Outcome::Later(answer) => {
                match next_try(mail.attempts, now - mail.created_at, random::fraction()) {
                    Some(pause) => outbox::postpone(&self.database, id, &answer, now + pause).await?,
                    None => outbox::bounced(&self.database, id, &answer).await?,
                }
            }
        }
        Ok(())
    }

    async fn attempt(&self, mail: &Claimed) -> Result<Outcome, Error> {
        let Some(template) = templates::pick(&self.database, mail.purpose, mail.locale).await? else {
            return Ok(Outcome::Later("there is no template for it".to_owned()));
        };
        let token = lifetime(mail.purpose).map(|lifetime| (MailToken::random(), lifetime));
        let only = token.as_ref().map(|(token, _)| token);
        match self.composer.compose(mail.id, &mail.email, mail.locale, &template, mail.data.clone(), only) {
            Err(error) => Ok(Outcome::Later(format!("it cannot be composed: {error}"))),
            Ok(message) => {
                if let Some((token, lifetime)) = &token {
                    tokens::add(&self.database, token, mail.id, self.clock.now() + *lifetime).await?;
                }
                let span = trace::call("send mail");
                let outcome = span.run(self.smtp.send(message)).await;
                match &outcome {
                    Outcome::Sent(_) => {}
                    Outcome::Later(_) => span.fail("later"),
                    Outcome::Bounced(_) => span.fail("bounced"),
                }
                Ok(outcome)
            }
        }
    }
}
