//! A mail, as it is shown.

use mail_parser::MessageParser;
use serde::Serialize;
use time::OffsetDateTime;

/// A mail that came.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    /// Which: a number.
    pub id: u64,
    /// To whom it was handed over for.
    pub to: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Its plain text.
    pub text: String,
    /// Its HTML.
    pub html: String,
    /// Its Message-ID.
    pub message_id: String,
    /// When it came.
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: OffsetDateTime,
}

impl Message {
    /// Reads what came after DATA.
    #[expect(clippy::disallowed_methods, reason = "the stage stands below the kit, and is no service")]
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
