//! Templates that admins write, and the data in them. Rendering ends, and data stays data.

use estore_contract::verification::{Locale, Purpose};
use estore_verification::domain::{Parts, check as try_out, render};
use serde_json::{Map, json};

use crate::{choose, text};

pub(crate) fn check(data: &[u8]) {
    match choose(data, 2) {
        Some((0, bytes)) => written(bytes),
        Some((_, bytes)) => shown(bytes),
        None => {}
    }
}

/// Checks subject, text and HTML written by an admin.
fn written(bytes: &[u8]) {
    let mut parts = bytes.splitn(3, |byte| *byte == 0).map(text);
    let (Some(Some(subject)), Some(Some(plain)), Some(Some(html))) =
        (parts.next(), parts.next(), parts.next())
    else {
        return;
    };
    for purpose in [Purpose::Email, Purpose::SecurityNotice, Purpose::OrderConfirmed] {
        match try_out(Parts { subject, text: plain, html }, purpose, Locale::En, "E-Store") {
            Ok(rendered) => {
                assert!(!rendered.subject.chars().any(char::is_control), "{:?}", rendered.subject);
            }
            Err(wrong) => {
                assert!(wrong.iter().all(|(part, _)| ["subject", "text", "html"].contains(part)));
            }
        }
    }
}

/// Checks a name chosen by a customer.
fn shown(bytes: &[u8]) {
    let Some(name) = text(bytes) else { return };
    let data = Map::from_iter([("shop".to_owned(), json!("E-Store")), ("name".to_owned(), json!(name))]);
    let parts = Parts {
        subject: "Hi {{ name }}",
        text: "Hi {{ name }}",
        html: "<p title=\"{{ name }}\">Hi {{ name }}</p>",
    };
    // It cannot fail: the template is ours.
    let rendered = render(parts, Purpose::AlreadyRegistered, Locale::En, &data)
        .unwrap_or_else(|wrong| panic!("{wrong:?}"));
    assert_eq!(rendered.text.strip_prefix("Hi "), Some(name));
    assert!(!rendered.subject.contains(['\r', '\n']));
    let html = rendered.html.strip_prefix("<p title=\"").and_then(|rest| rest.strip_suffix("</p>"));
    let inner = html.unwrap_or_default();
    assert_eq!(
        (inner.matches('<').count(), inner.matches('"').count(), inner.matches('>').count()),
        (0, 1, 1)
    );
}
