//! Email templates in Jinja's language. Each is checked against the data that emails of its purpose
//! have, and against the contents that they must show.

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
use sample::Sample;

/// The unfilled parts of a template.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    pub subject: &'a str,
    /// The plain text.
    pub text: &'a str,
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
    pub html: String,
}

/// Fills the parts for an email of `purpose`, or returns the defects of each part. A part is
/// defective if it does not work, or lacks required contents.
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
    // The subject stays one line whatever it shows: a line break would begin another header.
    let subject: String = subject.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let rendered = Rendered { subject: subject.trim().to_owned(), text, html };
    let lacking = check::lacking(&rendered, &contents, &data);
    if lacking.is_empty() { Ok(rendered) } else { Err(lacking) }
}

/// Returns the data of an ordinary email of `purpose`, for a sample.
#[must_use]
pub fn sample_data(purpose: Purpose, shop: &str) -> Map<String, Value> {
    Sample::Usual.data(&contents(purpose), shop)
}

/// Returns the data with its amounts in the format of `locale`.
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
