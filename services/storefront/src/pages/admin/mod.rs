//! The back office: pages that several routes show, and the forms, tables and plots in them.

pub(crate) mod categories;
pub(crate) mod category;
pub(crate) mod csv;
pub(crate) mod customer;
pub(crate) mod import;
pub(crate) mod multipart;
pub(crate) mod order;
pub(crate) mod picture;
pub(crate) mod plot;
pub(crate) mod product;
pub(crate) mod product_page;
pub(crate) mod refund;
pub(crate) mod report;
pub(crate) mod section;
pub(crate) mod template;

use serde::{Serialize, de::DeserializeOwned};
use time::{Date, OffsetDateTime, macros::format_description};

pub(crate) use section::Section;

/// The number of rows on a page.
pub(crate) const LIMIT: u32 = 50;

/// One value of a filter or of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) is_chosen: bool,
}

impl Choice {
    /// Creates the choice of `value`, which is made if `chosen` is the same.
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>, chosen: &str) -> Self {
        let value = value.into();
        Self { is_chosen: value == chosen, value, label: label.into() }
    }
}

/// Reads the query of a page. One that is not valid reads as empty.
pub(crate) fn params<T: DeserializeOwned + Default>(query: Option<&str>) -> T {
    serde_html_form::from_str(query.unwrap_or_default()).unwrap_or_default()
}

/// Returns the address of the page `path` with these parameters.
pub(crate) fn link(path: &str, params: &impl Serialize) -> String {
    // Plain texts, which always serialize.
    format!("{path}?{}", serde_html_form::to_string(params).unwrap_or_default())
}

/// Reads a filter, and notes if it is not valid. An empty one does not count.
pub(crate) fn filter<T>(text: &str, parse: impl FnOnce(&str) -> Option<T>, wrong: &mut bool) -> Option<T> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let value = parse(text);
    *wrong |= value.is_none();
    value
}

/// Reads a day as browsers write it, such as `2026-11-30`, and returns its begin in UTC.
pub(crate) fn day(text: &str) -> Option<OffsetDateTime> {
    let day = Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?;
    // Years beyond four digits have no form on the wire.
    (1970..=9998).contains(&day.year()).then(|| day.midnight().assume_utc())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use time::macros::datetime;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize, Serialize)]
    #[serde(default)]
    struct Params {
        q: String,
        cursor: String,
    }

    #[test]
    fn query_that_is_not_valid_is_empty() {
        let read = |query: &str| params::<Params>(Some(query)).q;
        assert_eq!([read("q=a+b&x=1"), read("q=a&q=b"), read("")], ["a b", "", ""]);
    }

    #[test]
    fn link_escapes_its_parameters() {
        let params = Params { q: "a&b=c".to_owned(), cursor: String::new() };
        assert_eq!(link("/admin/orders", &params), "/admin/orders?q=a%26b%3Dc&cursor=");
    }

    #[test]
    fn day_is_its_begin_in_utc() {
        assert_eq!(day("2026-11-30"), Some(datetime!(2026-11-30 0:00 UTC)));
        for bad in ["", "30.11.2026", "2026-02-30", "2026-11-30T00:00:00Z", "+12026-01-01"] {
            assert_eq!(day(bad), None, "{bad}");
        }
    }

    #[test]
    fn empty_filter_is_not_wrong() {
        let mut wrong = false;
        assert_eq!(filter(" ", |_| None::<u8>, &mut wrong), None);
        assert!(!wrong);
        assert_eq!(filter("x", |text| text.parse::<u8>().ok(), &mut wrong), None);
        assert!(wrong);
    }
}
