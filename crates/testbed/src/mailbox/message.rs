//! An email as the mailbox shows it.

use mail_parser::MessageParser;
use serde::Serialize;
use time::OffsetDateTime;

/// A received email.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    /// The number of the email.
    pub id: u64,
    /// The recipients of the SMTP envelope.
    pub to: Vec<String>,
    pub subject: String,
    /// The plain text body.
    pub text: String,
    /// The HTML body.
    pub html: String,
    pub message_id: String,
    /// The time of arrival.
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: OffsetDateTime,
}

impl Message {
    /// Parses the content that followed DATA.
    #[expect(clippy::disallowed_methods, reason = "the testbed starts programs, and is no service")]
    pub(super) fn parse(id: u64, to: Vec<String>, raw: &[u8]) -> Self {
        let mail = MessageParser::default().parse(raw).unwrap_or_default();
        Self {
            id,
            to,
            subject: mail.subject().unwrap_or_default().to_owned(),
            text: mail.body_text(0).unwrap_or_default().into_owned(),
            html: mail.body_html(0).unwrap_or_default().into_owned(),
            message_id: mail.message_id().unwrap_or_default().to_owned(),
            received_at: OffsetDateTime::now_utc(),
        }
    }
}
