//! A mail made of a template.

use estore_contract::{Email, VerificationId, verification::Template};
use lettre::{
    Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};
use serde_json::{Map, Value};

use crate::domain::{MailToken, Parts, render};

/// Makes mails.
pub struct Composer {
    /// From whom.
    pub from: Mailbox,
    /// What the shop is called.
    pub shop: String,
    /// Where links lead.
    pub public_url: String,
}

impl Composer {
    /// The mail `id`, in the language of its template. Its Message-ID is the same at each attempt, so that mail programs show a repeat once.
    pub fn compose(
        &self,
        id: VerificationId,
        to: &Email,
        template: &Template,
        mut data: Map<String, Value>,
        token: Option<&MailToken>,
    ) -> Result<Message, String> {
        data.insert("shop".to_owned(), self.shop.clone().into());
        if let Some(token) = token {
            data.insert("token".to_owned(), token.expose().into());
            data.insert(
                "link".to_owned(),
                format!("{}/verify?token={}", self.public_url, token.expose()).into(),
            );
        }
        let Template { name, locale, subject, text, html, .. } = template;
        let rendered = render(Parts { subject, text, html }, *name, *locale, &data).map_err(|wrong| {
            let wrong = wrong.iter().map(|(part, error)| format!("{part} {error}"));
            wrong.collect::<Vec<_>>().join("; ")
        })?;
        let to: Mailbox = to.as_str().parse().map_err(|error| format!("address: {error}"))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(rendered.subject)
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .date_now()
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Content-Language"),
                locale.as_str().to_owned(),
            ))
            .multipart(MultiPart::alternative_plain_html(rendered.text, rendered.html));
        message.map_err(|error| error.to_string())
    }
}
