//! Composes an email from a template.

use estore_contract::{Email, OrderId, VerificationId, verification::Template};
use lettre::{
    Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};
use serde_json::{Map, Value};

use crate::domain::{Links, MailToken, Parts, render};

/// Composes emails.
pub struct Composer {
    /// The sender.
    pub from: Mailbox,
    /// The name of the shop.
    pub shop: String,
    /// The pages that links lead to.
    pub links: Links,
}

impl Composer {
    /// Composes the email `id`, in the language of its template. Its Message-ID is the same for
    /// each attempt, so that email programs show a repeat once.
    pub fn compose(
        &self,
        id: VerificationId,
        to: &Email,
        template: &Template,
        mut data: Map<String, Value>,
        token: Option<&MailToken>,
    ) -> Result<Message, String> {
        let Template { name, locale, subject, text, html, .. } = template;
        data.insert("shop".to_owned(), self.shop.clone().into());
        if let Some(token) = token {
            data.insert("token".to_owned(), token.expose().into());
            data.insert("link".to_owned(), self.links.token(*name, token).into());
        }
        if let Some(id) = data.get("order_id").and_then(Value::as_str) {
            let link = self.links.order(id).unwrap_or_default();
            let number = id.parse().map_or_else(|_| id.to_owned(), |id: OrderId| id.number().to_string());
            data.insert("order_link".to_owned(), link.into());
            data.insert("order_number".to_owned(), number.into());
        }
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
