//! Templates of mails, in Jinja's language: each is held to what the mails of its purpose have, and to what they are for.

mod amount;
mod check;
mod contents;
mod fill;
mod names;
mod sample;
#[cfg(test)]
mod tests;

use estore_contract::verification::{Locale, Purpose};
use serde_json::{Map, Value};

pub use check::{Wrong, check};
use contents::{Kind, Variable, contents};
use fill::{Format, fill};

/// A template's parts, unfilled.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// The subject.
    pub subject: &'a str,
    /// The plain text.
    pub text: &'a str,
    /// The HTML.
    pub html: &'a str,
}

impl<'a> Parts<'a> {
    fn each(self) -> [(&'static str, &'a str, Format); 3] {
        [
            ("subject", self.subject, Format::Plain),
            ("text", self.text, Format::Plain),
            ("html", self.html, Format::Html),
        ]
    }
}

/// A filled template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
}

/// Fills the parts for a mail of `purpose`, or says what is wrong with each: it does not work, or lacks what the mail is for.
pub fn render(
    parts: Parts<'_>,
    purpose: Purpose,
    locale: Locale,
    data: &Map<String, Value>,
) -> Result<Rendered, Vec<Wrong>> {
    let contents = contents(purpose);
    let data = localized(contents.variables, locale, data);
    let mut wrong = Vec::new();
    let [subject, text, html] = parts.each().map(|(name, source, format)| {
        fill(source, format, &data).unwrap_or_else(|error| {
            wrong.push((name, error));
            String::new()
        })
    });
    if !wrong.is_empty() {
        return Err(wrong);
    }
    // One line, whatever is shown in it: a line break would begin another header.
    let subject: String = subject.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let rendered = Rendered { subject: subject.trim().to_owned(), text, html };
    let lacking = check::lacking(&rendered, &contents, &data);
    if lacking.is_empty() { Ok(rendered) } else { Err(lacking) }
}

/// The data with its amounts as `locale` writes them.
fn localized(variables: &[Variable], locale: Locale, data: &Map<String, Value>) -> Map<String, Value> {
    let value = |name: &String, value: &Value| {
        let kind = variables.iter().find(|variable| variable.name == name).map(|variable| variable.kind);
        match (kind, value) {
            (Some(Kind::Amount(_)), Value::String(amount)) => amount::written(amount, locale).into(),
            (Some(Kind::List(fields)), Value::Array(entries)) => {
                let entry = |entry: &Value| match entry {
                    Value::Object(entry) => localized(fields, locale, entry).into(),
                    other => other.clone(),
                };
                entries.iter().map(entry).collect()
            }
            _ => value.clone(),
        }
    };
    data.iter().map(|(name, held)| (name.clone(), value(name, held))).collect()
}
