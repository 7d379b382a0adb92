//! Checks that a template serves the purpose of its emails.

use estore_contract::verification::{Locale, Purpose};
use serde_json::{Map, Value};

use super::{
    Parts, Rendered,
    contents::{Contents, contents},
    fill::{Format, environment, fill},
    names, render,
    sample::Sample,
};

/// A defect of one part of a template: the name of the part, and the change that it needs.
pub type Wrong = (&'static str, String);

/// Fills a template with every sample in every language, as it may replace a missing template of
/// another language. Returns it filled with the usual sample of `locale`, or the defects of each
/// part.
pub fn check(parts: Parts<'_>, purpose: Purpose, locale: Locale, shop: &str) -> Result<Rendered, Vec<Wrong>> {
    let contents = contents(purpose);
    let unknown: Vec<Wrong> = parts
        .each()
        .into_iter()
        .filter_map(|(name, source, format)| {
            let wrong = names::unknown(source, &contents, &environment(format))?;
            Some((name, wrong))
        })
        .collect();
    if !unknown.is_empty() {
        return Err(unknown);
    }
    for sample in Sample::ALL {
        let data = sample.data(&contents, shop);
        for locale in Locale::ALL {
            render(parts, purpose, locale, &data)?;
        }
    }
    render(parts, purpose, locale, &Sample::Usual.data(&contents, shop))
}

/// Returns the required contents that a filled template lacks. Values that `data` lacks cannot be
/// shown, so they are not required.
pub(super) fn lacking(rendered: &Rendered, contents: &Contents, data: &Map<String, Value>) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let mut refuse = |part, message| wrong.push((part, message));
    if !rendered.subject.chars().any(char::is_alphanumeric) {
        refuse("subject", "must not be empty once it is filled".to_owned());
    }
    if !rendered.text.chars().any(char::is_alphanumeric) {
        refuse("text", "must not be empty once it is filled".to_owned());
    }
    let html = without("<!--", "-->", &rendered.html);
    if !without("<", ">", &html).chars().any(char::is_alphanumeric) {
        refuse("html", "must not be empty once it is filled".to_owned());
    }
    let value = |name: &&str| data.get(*name).and_then(Value::as_str).filter(|value| !value.is_empty());
    let is_in_html = |value: &str| {
        let escaped =
            fill("{{ value }}", Format::Html, &Map::from_iter([("value".to_owned(), value.into())]));
        html.contains(value) || escaped.is_ok_and(|escaped| html.contains(&escaped))
    };
    let mut require = |values: &[&str], what: &str| {
        if !values.iter().any(|value| rendered.text.contains(value)) {
            refuse("text", format!("must show {what} in every email"));
        }
        if !values.iter().any(|value| is_in_html(value)) {
            refuse("html", format!("must show {what} in every email, outside of comments"));
        }
    };
    for name in contents.essence {
        if let Some(value) = value(name) {
            require(&[value], &format!("`{name}`"));
        }
    }
    let about: Vec<&str> = contents.about.iter().filter_map(value).collect();
    if !about.is_empty() && !about.iter().any(|value| rendered.subject.contains(value)) {
        let names: Vec<_> = contents.about.iter().map(|name| format!("`{name}`")).collect();
        require(&about, &names.join(" or "));
    }
    wrong
}

/// Removes from `text` everything between `open` and the next `close`.
fn without(open: &str, close: &str, text: &str) -> String {
    let mut pieces = text.split(open);
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |kept, piece| kept + piece.split_once(close).map_or("", |(_, rest)| rest))
}
