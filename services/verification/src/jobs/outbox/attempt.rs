//! One attempt to send one mail.

use std::collections::{HashMap, hash_map::Entry};

use estore_contract::{
    VerificationId,
    verification::{Contact, Locale, Purpose, Template},
};
use estore_kit::{fail_point, random, trace};
use lettre::Message;

use super::{BEGIN, Batch, Outbox};
use crate::{
    Error,
    domain::{Addressee, MailToken, addressee, lifetime, next_try},
    mail::Outcome,
    store::{
        outbox::{self, Claimed},
        templates, tokens,
    },
};

/// Templates by what they are for.
pub(super) type Templates = HashMap<(Purpose, Locale), Option<Template>>;

impl Outbox {
    /// Tries `mail`; its id and the server's answer if it is sent, which is still to be noted.
    pub(super) async fn take(
        &self,
        mut mail: Claimed,
        batch: &Batch,
    ) -> Result<Option<(VerificationId, String)>, Error> {
        if batch.began.elapsed() > BEGIN {
            return Ok(None);
        }
        let span = trace::process("mails", mail.cause.as_ref())
            .with("estore.mail.purpose", || mail.purpose.as_str())
            .with("estore.attempts", || i64::from(mail.attempts));
        let work = async {
            match self.addressed(&mut mail, batch).await? {
                Address::Known => {
                    let outcome = self.attempt(&mail, batch).await?;
                    self.note(&mail, outcome).await
                }
                Address::Unknown(why) => self.note(&mail, Outcome::Later(why)).await,
                Address::Closed => {
                    tracing::info!(mail = %mail.id, purpose = mail.purpose.as_str(), "the account is closed; its mail is dropped");
                    outbox::forget(&self.database, mail.id).await?;
                    Ok(None)
                }
            }
        };
        span.run(work).await
    }

    /// Notes what became of `mail`, but for mails that are sent: they are noted together.
    async fn note(
        &self,
        mail: &Claimed,
        outcome: Outcome,
    ) -> Result<Option<(VerificationId, String)>, Error> {
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
            Outcome::Sent(answer) => return Ok(Some((id, answer))),
            Outcome::Bounced(answer) => outbox::bounced(&self.database, id, &answer).await?,
            Outcome::Later(answer) => {
                match next_try(mail.attempts, now - mail.created_at, random::fraction()) {
                    Some(pause) => outbox::postpone(&self.database, id, &answer, now + pause).await?,
                    None => outbox::bounced(&self.database, id, &answer).await?,
                }
            }
        }
        Ok(None)
    }

    /// Finds where `mail` goes. A mail to an owner goes where the owner is now, whatever was true when it was asked for.
    async fn addressed(&self, mail: &mut Claimed, batch: &Batch) -> Result<Address, Error> {
        if addressee(mail.purpose) == Addressee::Named {
            return Ok(Address::Known);
        }
        match &batch.owners {
            Err(error) => Ok(Address::Unknown(format!("the owner's address is not known now: {error}"))),
            Ok(owners) => match owners.get(&mail.user) {
                Some(owner) => self.readdress(mail, owner).await.map(|()| Address::Known),
                None => Ok(Address::Closed),
            },
        }
    }

    async fn readdress(&self, mail: &mut Claimed, owner: &Contact) -> Result<(), Error> {
        let Contact { email, name, locale } = owner;
        mail.data.insert("name".to_owned(), name.to_string().into());
        if (&mail.email, mail.locale) != (email, *locale) {
            outbox::readdress(&self.database, mail.id, email, *locale).await?;
            (mail.email, mail.locale) = (email.clone(), *locale);
        }
        Ok(())
    }

    async fn attempt(&self, mail: &Claimed, batch: &Batch) -> Result<Outcome, Error> {
        let token = lifetime(mail.purpose).map(|lifetime| (MailToken::random(), lifetime));
        match self.compose(mail, token.as_ref().map(|(token, _)| token), batch).await? {
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

    /// Composes `mail` of the newest template that works for it. What `PUT /templates` refuses today may be stored from before, and
    /// the reader gets the mail all the same: the first version of each came with the service, and works.
    async fn compose(
        &self,
        mail: &Claimed,
        token: Option<&MailToken>,
        batch: &Batch,
    ) -> Result<Result<Message, String>, Error> {
        let mut error = "there is no template for it".to_owned();
        let newest = self.newest_template(mail.purpose, mail.locale, batch).await?;
        match newest.map(|newest| self.try_template(mail, token, &newest)) {
            Some(Ok(message)) => return Ok(Ok(message)),
            Some(Err(wrong)) => error = wrong,
            None => {}
        }
        let older = templates::pick(&self.database, mail.purpose, mail.locale, i64::MAX).await?;
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
        mail: &Claimed,
        token: Option<&MailToken>,
        template: &Template,
    ) -> Result<Message, String> {
        let composed = self.composer.compose(mail.id, &mail.email, template, mail.data.clone(), token);
        composed.inspect_err(|wrong| {
            let (purpose, locale) = (template.name.as_str(), template.locale.as_str());
            tracing::error!(mail = %mail.id, purpose, locale, version = template.version, wrong, "a template does not work; trying an older one");
        })
    }

    /// The newest template, read once for a batch.
    async fn newest_template(
        &self,
        purpose: Purpose,
        locale: Locale,
        batch: &Batch,
    ) -> Result<Option<Template>, Error> {
        match batch.templates.lock().await.entry((purpose, locale)) {
            Entry::Occupied(known) => Ok(known.get().clone()),
            Entry::Vacant(unknown) => {
                let found = templates::pick(&self.database, purpose, locale, 1).await?.pop();
                Ok(unknown.insert(found).clone())
            }
        }
    }
}

/// Where a mail goes.
enum Address {
    /// It is in the mail.
    Known,
    /// Nobody can tell now.
    Unknown(String),
    /// Nowhere: the account is closed.
    Closed,
}
