//! The received emails: in the testbed's mailbox, or in MailDev if the shop is in a cluster.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use estore_testbed::Mailbox;
use reqwest::Client;
use serde::Deserialize;
use tokio::time::sleep;

/// The interval between queries to MailDev. The testbed's mailbox needs none.
const AGAIN: Duration = Duration::from_millis(100);

/// A received email.
#[derive(Debug, Clone)]
pub struct Mail {
    pub subject: String,
    /// Its plain text.
    pub text: String,
    pub html: String,
}

/// A MailDev server, identified by the address of its REST interface.
#[derive(Clone)]
pub struct Maildev {
    http: Client,
    url: String,
}

/// The place that receives a shop's emails.
#[derive(Clone)]
pub enum Mails<'a> {
    /// A mailbox in this process.
    Stage(&'a Mailbox),
    /// A MailDev server in a cluster.
    Maildev(Maildev),
}

impl<'a> From<&'a Mailbox> for Mails<'a> {
    fn from(mailbox: &'a Mailbox) -> Self {
        Self::Stage(mailbox)
    }
}

impl Mails<'_> {
    /// Waits until `count` emails have come for `address`, and returns them oldest first.
    pub async fn wait_for(&self, address: &str, count: usize, limit: Duration) -> Result<Vec<Mail>> {
        match self {
            Self::Stage(mailbox) => {
                let mails = mailbox.wait_for(address, count, limit).await?;
                let mail =
                    |m: estore_testbed::Message| Mail { subject: m.subject, text: m.text, html: m.html };
                Ok(mails.into_iter().map(mail).collect())
            }
            Self::Maildev(maildev) => maildev.wait_for(address, count, limit).await,
        }
    }

    /// Returns the answer of the SMTP server to an accepted email, if it is known here.
    #[must_use]
    pub const fn thanks(&self) -> Option<&'static str> {
        match self {
            Self::Stage(_) => Some("OK, kept"),
            Self::Maildev(_) => None,
        }
    }
}

/// An email in MailDev's JSON.
#[derive(Deserialize)]
struct Shown {
    #[serde(default)]
    to: Vec<Address>,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    html: String,
    time: String,
}

#[derive(Deserialize)]
struct Address {
    address: String,
}

impl Maildev {
    /// Returns the server at `url`, such as `http://estore-mail:1080/api/email`.
    #[must_use]
    pub const fn new(http: Client, url: String) -> Self {
        Self { http, url }
    }

    async fn wait_for(&self, address: &str, count: usize, limit: Duration) -> Result<Vec<Mail>> {
        let deadline = Instant::now() + limit;
        loop {
            let mails = self.to(address).await?;
            if mails.len() >= count {
                return Ok(mails);
            }
            ensure!(Instant::now() < deadline, "{} of {count} messages came for {address}", mails.len());
            sleep(AGAIN).await;
        }
    }

    async fn to(&self, address: &str) -> Result<Vec<Mail>> {
        let request = self.http.get(&self.url).query(&[("to.address", address)]);
        let answer = request.send().await.context("MailDev")?.error_for_status()?;
        let mut shown: Vec<Shown> = answer.json().await.context("MailDev's mails")?;
        let is_to = |mail: &Shown| mail.to.iter().any(|to| to.address.eq_ignore_ascii_case(address));
        shown.retain(is_to);
        // Dates in RFC 3339 and UTC sort as text.
        shown.sort_by(|one, other| one.time.cmp(&other.time));
        let mail = |m: Shown| Mail { subject: m.subject, text: m.text, html: m.html };
        Ok(shown.into_iter().map(mail).collect())
    }
}
