//! Sends what is in the outbox.

use std::{sync::Arc, time::Duration};

use estore_contract::verification::Contact;
use estore_kit::{clock::Clock, fail_point, jobs, peer::PeerClient, random, trace};
use futures::future::join_all;
use lettre::Message;
use sqlx::PgPool;
use tokio::sync::Notify;

use crate::{
    Error,
    domain::{Addressee, MailToken, addressee, lifetime, next_try},
    mail::{Composer, Outcome, Smtp},
    metrics::Metrics,
    peers::user,
    store::{
        outbox::{self, Claimed},
        templates, tokens,
    },
};

/// How many at once: as many connections to the mail server.
const BATCH: i64 = 4;
/// Longer than the User Service and the mail server may take. A worker that dies in between leaves the mail to another, which sends it again
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

    async fn send(&self, mut mail: Claimed) -> Result<(), Error> {
        let outcome = match addressee(mail.purpose) {
            Addressee::Named => self.attempt(&mail).await?,
            Addressee::Owner => match user::contact(&self.user, mail.user).await {
                Ok(Some(owner)) => {
                    self.readdress(&mut mail, owner).await?;
                    self.attempt(&mail).await?
                }
                Ok(None) => {
                    tracing::info!(mail = %mail.id, purpose = mail.purpose.as_str(), "the account is closed; its mail is dropped");
                    return Ok(outbox::forget(&self.database, mail.id).await?);
                }
                Err(error) => Outcome::Later(format!("the owner's address is not known now: {error}")),
            },
        };
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

    /// Sends `mail` where its owner is now, whatever was true when it was asked for.
    async fn readdress(&self, mail: &mut Claimed, owner: Contact) -> Result<(), Error> {
        let Contact { email, name, locale } = owner;
        mail.data.insert("name".to_owned(), name.to_string().into());
        if (&mail.email, mail.locale) != (&email, locale) {
            outbox::readdress(&self.database, mail.id, &email, locale).await?;
            (mail.email, mail.locale) = (email, locale);
        }
        Ok(())
    }

    async fn attempt(&self, mail: &Claimed) -> Result<Outcome, Error> {
        let token = lifetime(mail.purpose).map(|lifetime| (MailToken::random(), lifetime));
        match self.compose(mail, token.as_ref().map(|(token, _)| token)).await? {
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

    /// Composes `mail` of the newest template that works for it. What `PUT /templates` refuses today may be stored from before, and whoever
    /// waits for a mail gets it all the same: the first version of each came with the service, and works.
    async fn compose(
        &self,
        mail: &Claimed,
        token: Option<&MailToken>,
    ) -> Result<Result<Message, String>, Error> {
        let mut error = "there is no template for it".to_owned();
        for (limit, tried) in [(1, 0), (i64::MAX, 1)] {
            let templates = templates::pick(&self.database, mail.purpose, mail.locale, limit).await?;
            for template in templates.into_iter().skip(tried) {
                match self.composer.compose(mail.id, &mail.email, &template, mail.data.clone(), token) {
                    Ok(message) => return Ok(Ok(message)),
                    Err(wrong) => {
                        let (purpose, locale) = (template.name.as_str(), template.locale.as_str());
                        tracing::error!(mail = %mail.id, purpose, locale, version = template.version, wrong, "a template does not work; trying an older one");
                        error = wrong;
                    }
                }
            }
        }
        Ok(Err(error))
    }
}
