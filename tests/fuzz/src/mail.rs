//! Emails: for any recipient and any content, an email has our headers and no other.

use std::sync::LazyLock;

use estore_contract::{
    Email, VerificationId,
    verification::{Locale, Purpose, Template},
};
use estore_verification::{domain::Links, mail::Composer};
use serde_json::Map;
use uuid::Uuid;

use crate::text;

static COMPOSER: LazyLock<Option<Composer>> = LazyLock::new(|| {
    Some(Composer {
        from: "E-Store <no-reply@estore.example>".parse().ok()?,
        shop: "E-Store".to_owned(),
        links: Links::Own("http://localhost:8003".to_owned()),
    })
});

/// Checks an email to the address on the first line, for the name on the rest.
pub(crate) fn check(data: &[u8]) {
    let Some((to, name)) = text(data).and_then(|text| text.split_once('\n')) else { return };
    let (Ok(to), Some(composer)) = (to.parse::<Email>(), COMPOSER.as_ref()) else { return };
    let template = Template {
        name: Purpose::Email,
        locale: Locale::En,
        version: 1,
        subject: "Hello {{ name }}".to_owned(),
        text: "Hello {{ name }}".to_owned(),
        html: "<p>Hello {{ name }}</p>".to_owned(),
    };
    let shown = Map::from_iter([("name".to_owned(), name.into())]);
    let id = VerificationId(Uuid::nil());
    let message = composer.compose(id, &to, &template, shown, None);
    assert!(message.is_ok(), "no mail can be sent to {to}, though it is an address");
    let Ok(message) = message else { return };
    let envelope: Vec<String> = message.envelope().to().iter().map(ToString::to_string).collect();
    assert_eq!(envelope, [to.to_string()]);
    let written = message.formatted();
    let head = String::from_utf8_lossy(&written);
    let head = head.split("\r\n\r\n").next().unwrap_or_default();
    // A line that begins with a space continues the line before.
    let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    let mut names: Vec<&str> = lines.map(|line| line.split(':').next().unwrap_or_default()).collect();
    names.sort_unstable();
    let ours = [
        "Auto-Submitted",
        "Content-Language",
        "Content-Type",
        "Date",
        "From",
        "MIME-Version",
        "Message-ID",
        "Subject",
        "To",
    ];
    assert_eq!(names, ours, "{head}");
    assert!(head.split("\r\n").all(|line| !line.contains(['\r', '\n', '\0'])), "{head}");
}
