//! The mailbox that gets the shop's emails: MailDev's REST interface, or the page of `./dev up`.

use std::time::Duration;

use anyhow::{Context, Error, Result, anyhow};
use bytes::Bytes;
use estore_base::config::ConfigError;
use estore_client::PublicClient;
use estore_contract::Sensitive;
use estore_telemetry::Platform;
use serde::Deserialize;
use serde_json::Value;
use tokio::time::{Instant, sleep};
use url::Url;

use crate::config::MAIL_URL;

/// The time within which an email must come.
const LIMIT: Duration = Duration::from_secs(30);
/// The time between two looks.
const AGAIN: Duration = Duration::from_millis(100);
/// The time for one look.
const LOOK: Duration = Duration::from_secs(5);

/// The latest email has no link: the shop sends such a one to an address that has an account.
#[derive(Debug, thiserror::Error)]
#[error("no token for {0}: an email without a link came")]
pub(crate) struct NoLink(String);

/// A mailbox.
pub(crate) struct Mailbox {
    client: PublicClient,
    /// The path of the list, and the parameter that selects a recipient.
    list: (String, &'static str),
}

/// An email, in the JSON of either kind.
#[derive(Deserialize)]
struct Mail {
    to: Value,
    #[serde(default)]
    text: String,
    /// RFC 3339 and UTC, so that it sorts as text. The page of `./dev up` lists the oldest first
    /// instead.
    #[serde(default)]
    time: String,
}

/// The latest email to an address.
#[derive(Debug)]
enum Latest {
    Absent,
    WithoutLink,
    Token(Sensitive),
}

impl Mailbox {
    /// Creates a client of the list at `url`: `…/messages` of `./dev up`, or MailDev's `…/email`.
    pub(crate) fn new(url: &Url, platform: &Platform) -> Result<Self, ConfigError> {
        let list = url.path().rsplit('/').next().unwrap_or_default().to_owned();
        let parameter = if list == "messages" { "to" } else { "to.address" };
        let base = url.join(".").map_err(|error| MAIL_URL.wrong(format!("is wrong ({error})")))?;
        let client = PublicClient::at(base, platform, "mailbox", &MAIL_URL)?;
        Ok(Self { client, list: (format!("/{list}"), parameter) })
    }

    /// Waits for an email to `email`, and returns the token in the latest one.
    pub(crate) async fn token(&self, email: &str) -> Result<Sensitive> {
        let deadline = Instant::now() + LIMIT;
        loop {
            let problem = match self.look(email).await {
                Ok(Latest::Token(token)) => return Ok(token),
                // The one with the link may come yet.
                Ok(Latest::WithoutLink) => Error::from(NoLink(email.to_owned())),
                Ok(Latest::Absent) => anyhow!("no token for {email}: no email came"),
                Err(error) => error.context(format!("no token for {email}")),
            };
            if Instant::now() > deadline {
                return Err(problem);
            }
            sleep(AGAIN).await;
        }
    }

    async fn look(&self, email: &str) -> Result<Latest> {
        let (path, parameter) = &self.list;
        let recipient: String = form_urlencoded::byte_serialize(email.as_bytes()).collect();
        let mut request = http::Request::new(Bytes::new());
        *request.uri_mut() = format!("{path}?{parameter}={recipient}").parse()?;
        let answer = self.client.call(request, LOOK).await?;
        let mails = serde_json::from_slice(answer.body());
        Ok(latest(mails.with_context(|| format!("the mailbox answers {}", answer.status()))?, email))
    }
}

/// Returns the latest of these emails to `email`.
fn latest(mut mails: Vec<Mail>, email: &str) -> Latest {
    // MailDev may ignore the parameter. In either form, the address is a JSON text of its own.
    let address = Value::from(email.to_lowercase()).to_string();
    mails.retain(|mail| mail.to.to_string().to_lowercase().contains(&address));
    mails.sort_by(|one, other| one.time.cmp(&other.time));
    let Some(mail) = mails.last() else { return Latest::Absent };
    let token = mail.text.split_once("token=").and_then(|(_, rest)| rest.split_whitespace().next());
    token.map_or(Latest::WithoutLink, |token| Latest::Token(token.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Latest {
        latest(serde_json::from_str(json).unwrap(), "ada@example.com")
    }

    fn token(json: &str) -> Option<String> {
        if let Latest::Token(token) = of(json) { Some(token.expose().to_owned()) } else { None }
    }

    #[test]
    fn latest_email_of_the_recipient_has_the_token() {
        let both = r#"[
            {"to": [{"address": "Ada@example.com"}], "text": "x?token=new y", "time": "2026-01-02T00:00:00Z"},
            {"to": [{"address": "ada@example.com"}], "text": "x?token=old", "time": "2026-01-01T00:00:00Z"},
            {"to": [{"address": "bob@example.com"}], "text": "x?token=bob", "time": "2026-01-03T00:00:00Z"},
            {"to": [{"address": "nada@example.com"}], "text": "x?token=nada", "time": "2026-01-03T00:00:00Z"}
        ]"#;
        assert_eq!(token(both).as_deref(), Some("new"));
        let page = r#"[{"to": ["ada@example.com"], "text": "token=one"}, {"to": ["ada@example.com"], "text": "token=two\n"}]"#;
        assert_eq!(token(page).as_deref(), Some("two"));
        assert!(matches!(of("[]"), Latest::Absent));
    }

    #[test]
    fn email_without_a_link_is_noticed() {
        let mails = r#"[{"to": ["ada@example.com"], "text": "You have an account already."}]"#;
        assert!(matches!(of(mails), Latest::WithoutLink));
    }
}
