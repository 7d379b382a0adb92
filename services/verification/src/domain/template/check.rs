//! Whether a template does what the mails of its purpose are for.

use estore_contract::verification::{Locale, Purpose};
use serde_json::{Map, Value};

use super::{
    Parts, Rendered,
    contents::{Contents, contents},
    fill::{Format, environment, fill},
    names, render,
    sample::Sample,
};

/// What is wrong with a part of a template: its name, and what to change.
pub type Wrong = (&'static str, String);

/// Tries a template with every sample in every language, as it may stand in for a language that has none. Answers it filled with the usual
/// sample of `locale`, or what is wrong with each part.
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

/// What a filled template lacks of what it is for. What `data` has not, it cannot show.
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
    for name in contents.essence.iter().chain(contents.about) {
        let Some(value) = data.get(*name).and_then(Value::as_str).filter(|value| !value.is_empty()) else {
            continue;
        };
        if contents.about.contains(name) && rendered.subject.contains(value) {
            continue;
        }
        if !rendered.text.contains(value) {
            refuse("text", format!("must show `{name}` in every mail"));
        }
        let escaped =
            fill("{{ value }}", Format::Html, &Map::from_iter([("value".to_owned(), value.into())]));
        if !(html.contains(value) || escaped.is_ok_and(|escaped| html.contains(&escaped))) {
            refuse("html", format!("must show `{name}` in every mail, outside of comments"));
        }
    }
    wrong
}

/// `text` without what stands between `open` and the next `close`.
fn without(open: &str, close: &str, text: &str) -> String {
    let mut pieces = text.split(open);
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |kept, piece| kept + piece.split_once(close).map_or("", |(_, rest)| rest))
}
