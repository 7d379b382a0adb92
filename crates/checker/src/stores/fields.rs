//! Parsing of text into values. A value that does not fit is noted and no panic: it is a finding of
//! its own (order-flow section 6, equation 11).

use std::{collections::BTreeMap, str::FromStr};

use estore_contract::{Currency, Sku};
use serde::de::DeserializeOwned;

/// A value in a store that does not parse, such as an unknown state or number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    /// The order, SKU or key.
    pub subject: String,
    /// A description of the error.
    pub what: String,
}

/// The largest number that a store may hold: exact in the doubles of its functions.
const MOST: i64 = 9_007_199_254_740_992;

/// A hash, an entry of a stream, or the words of a line.
pub(super) struct Fields<'a> {
    pub(super) subject: &'a str,
    pub(super) map: &'a BTreeMap<String, String>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(subject: &'a str, map: &'a BTreeMap<String, String>) -> Self {
        Self { subject, map }
    }

    pub(super) fn wrong(&self, name: &str) -> Misread {
        let what = match self.map.get(name) {
            Some(value) => format!("{name} is {value:?}"),
            None => format!("{name} is missing"),
        };
        Misread { subject: self.subject.to_owned(), what }
    }

    pub(super) fn misread(&self, what: &str) -> Misread {
        Misread { subject: self.subject.to_owned(), what: what.to_owned() }
    }

    pub(super) fn maybe_text(&self, name: &str) -> Option<&'a str> {
        self.map.get(name).map(String::as_str)
    }

    pub(super) fn text(&self, name: &str) -> Result<&'a str, Misread> {
        self.maybe_text(name).ok_or_else(|| self.wrong(name))
    }

    pub(super) fn parsed<T: FromStr>(&self, name: &str) -> Result<T, Misread> {
        self.text(name)?.parse().map_err(|_| self.wrong(name))
    }

    pub(super) fn number(&self, name: &str) -> Result<i64, Misread> {
        number(self.text(name)?).ok_or_else(|| self.wrong(name))
    }

    /// Returns 0 if the field is absent: counters begin with their first count.
    pub(super) fn count(&self, name: &str) -> Result<i64, Misread> {
        self.maybe_text(name).map_or(Ok(0), |text| number(text).ok_or_else(|| self.wrong(name)))
    }

    pub(super) fn currency(&self, name: &str) -> Result<Currency, Misread> {
        self.parsed(name)
    }

    pub(super) fn json<T: DeserializeOwned>(&self, name: &str) -> Result<T, Misread> {
        let text = self.text(name)?;
        // Without the value, which may be personal: reports are logged.
        serde_json::from_str(text).map_err(|_| self.misread(&format!("{name} does not parse")))
    }

    /// Parses one of the names of `T`.
    pub(super) fn word<T: DeserializeOwned>(&self, name: &str) -> Result<T, Misread> {
        word(self.text(name)?).ok_or_else(|| self.wrong(name))
    }

    /// Parses a flat list of texts as JSON. An absent field or `{}` is an empty list, as Lua writes
    /// it.
    pub(super) fn flat(&self, name: &str) -> Result<Vec<String>, Misread> {
        match self.maybe_text(name) {
            None | Some("{}") => Ok(Vec::new()),
            Some(_) => self.json(name),
        }
    }

    /// Parses a flat list of SKUs and units.
    pub(super) fn units(&self, name: &str) -> Result<Vec<(Sku, i64)>, Misread> {
        let flat = self.flat(name)?;
        let pair = |pair: &[String]| match pair {
            [sku, units] => Some((sku.parse().ok()?, number(units)?)),
            _ => None,
        };
        flat.chunks(2).map(pair).collect::<Option<_>>().ok_or_else(|| self.wrong(name))
    }
}

/// Parses an integer, written as the functions write it.
pub(super) fn number(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok().filter(|number| (-MOST..=MOST).contains(number))?;
    // Rejects +5, 05 and -0.
    (number.to_string() == text).then_some(number)
}

pub(super) fn word<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}
