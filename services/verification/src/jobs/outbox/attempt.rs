//! One attempt to send one email.

use std::collections::{HashMap, hash_map::Entry};

use estore_base::{fail_point, random};
use estore_contract::{
    Sensitive, VerificationId,
    verification::{Contact, Locale, Purpose, Template},
};
use estore_stores::{pg, queue::Claimed};
use estore_telemetry::{jobs::Stop, trace};
use lettre::Message;

use super::{BEGIN, Batch, Outbox};
use crate::{
    Error,
    domain::{Addressee, MailToken, addressee, lifetime},
    mail::{Outcome, Refusal, Step},
    store::{
        outbox::{self, Mail},
        templates, tokens,
    },
};

/// The token in the links of samples.
const SAMPLE_TOKEN: &str = "sample-token";
/// The attempts after which an unreadable answer to the content is final. Such a server gives the
/// next answer likewise, and each attempt may be a copy. So many attempts take 4 to 9 minutes, in
/// case that the server accepts no emails for now.
const UNREADABLE: u32 = 10;

/// Templates by purpose and language.
pub(super) type Templates = HashMap<(Purpose, Locale), Option<Template>>;

impl Outbox {
    /// Tries to send `mail`, unless it is too late to begin. If it is sent, returns its id and the
    /// server's answer, which the caller must record.
    pub(super) async fn take(
        &self,
        mut claimed: Claimed<Mail>,
        batch: &Batch,
        stop: &Stop,
    ) -> Result<Option<(VerificationId, String)>, Error> {
        if batch.began.elapsed() > BEGIN || stop.token().is_cancelled() {
            return Ok(None);
        }
        let span = self
            .worker
            .span(&claimed)
            .with("estore.mail.purpose", || claimed.entry.purpose.as_str())
            .with("estore.attempts", || i64::from(claimed.lease.attempts));
        let work = async {
            match self.addressed(&mut claimed.entry, batch).await? {
                Address::Known => {
                    let outcome = self.attempt(&claimed.entry, batch).await?;
                    self.note(&claimed, outcome).await
                }
                Address::Unknown(why) => self.note(&claimed, Outcome::Later(unprepared(why))).await,
                Address::Closed => {
                    let Mail { id, purpose, .. } = &claimed.entry;
                    tracing::info!(mail = %id, purpose = purpose.as_str(), "account is closed; email dropped");
                    pg::within(outbox::forget(&self.worker.database, *id)).await?;
                    Ok(None)
                }
            }
        };
        Box::pin(span.run(work)).await
    }

    /// Records the outcome of an attempt. Sent emails are recorded together, by the caller.
    async fn note(
        &self,
        claimed: &Claimed<Mail>,
        outcome: Outcome,
    ) -> Result<Option<(VerificationId, String)>, Error> {
        fail_point!("verification.mail.answered");
        let Claimed { lease, entry: Mail { id, purpose, .. }, .. } = claimed;
        let outcome = match outcome {
            Outcome::Later(refusal) if refusal.step == Step::Answer && lease.attempts >= UNREADABLE => {
                Outcome::Bounced(refusal)
            }
            outcome => outcome,
        };
        let (label, refusal) = match &outcome {
            Outcome::Sent(_) => ("sent", None),
            Outcome::Later(refusal) => ("retried", Some(refusal)),
            Outcome::Bounced(refusal) => ("bounced", Some(refusal)),
        };
        self.attempts.with_label_values(&[purpose.as_str(), label]).inc();
        // The text of an answer often names the recipient, so it is only in the database.
        let (step, code) = (refusal.map(|refusal| refusal.step), refusal.and_then(|refusal| refusal.code));
        tracing::info!(
            mail = %id, purpose = purpose.as_str(), attempts = lease.attempts, outcome = label,
            step = step.map(tracing::field::debug), code, "email attempted"
        );
        match outcome {
            Outcome::Sent(answer) => return Ok(Some((*id, answer))),
            Outcome::Bounced(refusal) => {
                pg::within(outbox::refused(&self.worker.database, *id, &refusal.text)).await?;
                self.worker.end(lease, outbox::BOUNCED).await?;
            }
            Outcome::Later(refusal) => {
                pg::within(outbox::refused(&self.worker.database, *id, &refusal.text)).await?;
                self.worker.retry(lease, claimed.since).await?;
            }
        }
        Ok(None)
    }

    /// Finds the address for `mail`. An email to an owner goes to the owner's current address,
    /// whatever it was when the email was requested.
    async fn addressed(&self, mail: &mut Mail, batch: &Batch) -> Result<Address, Error> {
        if mail.sample_version.is_some() || addressee(mail.purpose) == Addressee::Named {
            return Ok(Address::Known);
        }
        match &batch.owners {
            Err(error) => Ok(Address::Unknown(format!("the owner's address is not available: {error}"))),
            Ok(owners) => match owners.get(&mail.user) {
                Some(owner) => self.readdress(mail, owner).await.map(|()| Address::Known),
                None => Ok(Address::Closed),
            },
        }
    }

    async fn readdress(&self, mail: &mut Mail, owner: &Contact) -> Result<(), Error> {
        let Contact { email, name, locale } = owner;
        mail.data.insert("name".to_owned(), name.to_string().into());
        if (&mail.email, mail.locale) != (email, *locale) {
            pg::within(outbox::readdress(&self.worker.database, mail.id, email, *locale)).await?;
            (mail.email, mail.locale) = (email.clone(), *locale);
        }
        Ok(())
    }

    async fn attempt(&self, mail: &Mail, batch: &Batch) -> Result<Outcome, Error> {
        if let Some(version) = mail.sample_version {
            return self.attempt_sample(mail, version).await;
        }
        let token = lifetime(mail.purpose).map(|lifetime| (random::token(), lifetime));
        match self.compose(mail, token.as_ref().map(|(token, _)| token), batch).await? {
            Err(error) => Ok(Outcome::Later(unprepared(format!("cannot compose the email: {error}")))),
            Ok(message) => {
                if let Some((token, lifetime)) = &token {
                    let end = self.worker.clock.now() + *lifetime;
                    pg::within(tokens::add(&self.worker.database, token, mail.id, end)).await?;
                }
                Ok(self.hand_over(message).await)
            }
        }
    }

    /// Sends a sample of one version of a template. Its token was never issued, so its link does
    /// nothing.
    async fn attempt_sample(&self, mail: &Mail, version: u32) -> Result<Outcome, Error> {
        let token = lifetime(mail.purpose).map(|_| MailToken::from(Sensitive::from(SAMPLE_TOKEN)));
        let found =
            pg::within(templates::read(&self.worker.database, mail.purpose, mail.locale, version)).await?;
        let composed = found.ok_or_else(|| "the version does not exist".to_owned()).and_then(|template| {
            self.composer.compose(mail.id, &mail.email, &template, mail.data.clone(), token.as_ref())
        });
        match composed {
            Ok(message) => Ok(self.hand_over(message).await),
            Err(error) => Ok(Outcome::Bounced(unprepared(format!("cannot compose the email: {error}")))),
        }
    }

    async fn hand_over(&self, message: Message) -> Outcome {
        let span = trace::call("send mail");
        let outcome = span.run(self.smtp.send(message)).await;
        match &outcome {
            Outcome::Sent(_) => {}
            Outcome::Later(_) => span.fail("later"),
            Outcome::Bounced(_) => span.fail("bounced"),
        }
        outcome
    }

    /// Composes `mail` from the newest template that works for it. A template stored earlier may
    /// fail the checks that `PUT /templates` makes today. The reader still gets the email, because
    /// the first version of each template came with the service and works.
    async fn compose(
        &self,
        mail: &Mail,
        token: Option<&MailToken>,
        batch: &Batch,
    ) -> Result<Result<Message, String>, Error> {
        let mut error = "there is no template for the email".to_owned();
        let newest = self.newest_template(mail.purpose, mail.locale, batch).await?;
        match newest.map(|newest| self.try_template(mail, token, &newest)) {
            Some(Ok(message)) => return Ok(Ok(message)),
            Some(Err(wrong)) => error = wrong,
            None => {}
        }
        let older =
            pg::within(templates::pick(&self.worker.database, mail.purpose, mail.locale, i64::MAX)).await?;
        for template in older.into_iter().skip(1) {
            match self.try_template(mail, token, &template) {
                Ok(message) => return Ok(Ok(message)),
                Err(wrong) => error = wrong,
            }
        }
        Ok(Err(error))
    }

    fn try_template(
        &self,
        mail: &Mail,
        token: Option<&MailToken>,
        template: &Template,
    ) -> Result<Message, String> {
        let composed = self.composer.compose(mail.id, &mail.email, template, mail.data.clone(), token);
        composed.inspect_err(|wrong| {
            let (purpose, locale) = (template.name.as_str(), template.locale.as_str());
            tracing::error!(mail = %mail.id, purpose, locale, version = template.version, wrong, "cannot render a template; trying an older version");
        })
    }

    /// Returns the newest template, read once for a batch.
    async fn newest_template(
        &self,
        purpose: Purpose,
        locale: Locale,
        batch: &Batch,
    ) -> Result<Option<Template>, Error> {
        match batch.templates.lock().await.entry((purpose, locale)) {
            Entry::Occupied(known) => Ok(known.get().clone()),
            Entry::Vacant(unknown) => {
                let found =
                    pg::within(templates::pick(&self.worker.database, purpose, locale, 1)).await?.pop();
                Ok(unknown.insert(found).clone())
            }
        }
    }
}

/// The result of looking for an email's address.
enum Address {
    /// The address is in the email.
    Known,
    /// The address is not available now.
    Unknown(String),
    /// There is no address, because the account is closed.
    Closed,
}

fn unprepared(text: String) -> Refusal {
    Refusal { step: Step::Prepare, code: None, text }
}
