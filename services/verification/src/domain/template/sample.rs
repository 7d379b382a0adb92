//! Sample data for the emails of a purpose: for previews, and for testing a template before it is
//! stored.

use serde_json::{Map, Value};

use super::contents::{Contents, Kind, Variable};

/// The length of the longest product name.
const LONG: usize = 200;

/// The distance of a sample from the usual data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sample {
    /// An ordinary email.
    Usual,
    /// The shortest texts, empty lists, an amount of zero.
    Least,
    /// The longest texts, with characters that are special in HTML and templates, and full lists.
    Most,
}

impl Sample {
    /// Every sample, the usual one first.
    pub(super) const ALL: [Self; 3] = [Self::Usual, Self::Least, Self::Most];

    /// Returns the data of an email from the shop `shop`.
    pub(super) fn data(self, contents: &Contents, shop: &str) -> Map<String, Value> {
        let mut data = self.fields(contents.variables);
        data.insert("shop".to_owned(), shop.into());
        data
    }

    fn fields(self, variables: &[Variable]) -> Map<String, Value> {
        variables.iter().map(|variable| (variable.name.to_owned(), self.value(variable.kind))).collect()
    }

    fn value(self, kind: Kind) -> Value {
        match (kind, self) {
            (
                Kind::Fixed(text) | Kind::Optional(text) | Kind::Free(text) | Kind::Amount(text),
                Self::Usual,
            )
            | (Kind::Fixed(text), _)
            | (Kind::Optional(text), Self::Most) => text.into(),
            (Kind::Optional(_), Self::Least) => "".into(),
            (Kind::Count(count), Self::Usual) => count.into(),
            (Kind::Count(_), Self::Least) => 1.into(),
            (Kind::Count(_), Self::Most) => 999.into(),
            (Kind::Free(_), Self::Least) => "A".into(),
            (Kind::Free(_), Self::Most) => format!("<b>\"&'{{{{ x }}}} {}", "Zoë ".repeat(LONG / 4)).into(),
            (Kind::Amount(_), Self::Least) => "0.00 USD".into(),
            (Kind::Amount(_), Self::Most) => "9999999999.99 USD".into(),
            (Kind::List(_), Self::Least) => Value::Array(Vec::new()),
            (Kind::List(fields), Self::Usual) => vec![Value::Object(self.fields(fields))].into(),
            (Kind::List(fields), Self::Most) => vec![Value::Object(self.fields(fields)); 100].into(),
        }
    }
}
