//! Templates that admins write, and what is shown in them: a template ends, and data stays data.

use estore_verification::domain::{render, sample};

use crate::{choose, text};

pub(crate) fn check(data: &[u8]) {
    match choose(data, 2) {
        Some((0, bytes)) => written(bytes),
        Some((_, bytes)) => shown(bytes),
        None => {}
    }
}

/// Subject, text and HTML by an admin.
fn written(bytes: &[u8]) {
    let mut parts = bytes.splitn(3, |byte| *byte == 0).map(text);
    let (Some(Some(subject)), Some(Some(plain)), Some(Some(html))) =
        (parts.next(), parts.next(), parts.next())
    else {
        return;
    };
    match render(subject, plain, html, &sample("E-Store")) {
        Ok(rendered) => assert!(!rendered.subject.chars().any(char::is_control), "{:?}", rendered.subject),
        Err((part, _)) => assert!(["subject", "text", "html"].contains(&part)),
    }
}

/// A name by a customer.
fn shown(bytes: &[u8]) {
    let Some(name) = text(bytes) else { return };
    let mut data = sample("E-Store");
    data.insert("name".to_owned(), name.into());
    let Ok(rendered) = render("Hi {{ name }}", "{{ name }}", "<p title=\"{{ name }}\">{{ name }}</p>", &data)
    else {
        // There is no other way to fail: the template is ours.
        assert!(name.is_empty(), "{name:?} cannot be shown");
        return;
    };
    assert_eq!(rendered.text, name);
    assert!(!rendered.subject.contains(['\r', '\n']));
    let html = rendered.html.strip_prefix("<p title=\"").and_then(|rest| rest.strip_suffix("</p>"));
    let inner = html.unwrap_or_default();
    assert_eq!(
        (inner.matches('<').count(), inner.matches('"').count(), inner.matches('>').count()),
        (0, 1, 1)
    );
}
