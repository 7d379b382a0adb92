//! The fields of a product: how each is read from text, and the mistakes in it.

use std::collections::BTreeMap;

use estore_contract::{
    Currency, Money, Sku,
    text::{Slug, Tag, Title},
};

use crate::{
    api::ApiError,
    texts::format::{NoAmount, minor_units},
};

/// A field of a product's description. Each has a rule that pages explain beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Field {
    Sku,
    Name,
    Description,
    Price,
    Currency,
    Category,
    Tags,
    Images,
    Attributes,
}

impl Field {
    /// Every field, in the order of forms and tables.
    pub(crate) const ALL: [Self; 9] = [
        Self::Sku,
        Self::Name,
        Self::Description,
        Self::Price,
        Self::Currency,
        Self::Category,
        Self::Tags,
        Self::Images,
        Self::Attributes,
    ];

    /// Returns the name in forms, in tables and on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Sku => "sku",
            Self::Name => "name",
            Self::Description => "description",
            Self::Price => "price",
            Self::Currency => "currency",
            Self::Category => "category",
            Self::Tags => "tags",
            Self::Images => "images",
            Self::Attributes => "attributes",
        }
    }

    /// Returns the field that an error of the service names, such as `price.amount` or `tags[2]`.
    pub(crate) fn of_error(path: &str) -> Option<Self> {
        if path == "price.currency" {
            return Some(Self::Currency);
        }
        let name = path.split(['.', '[']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }
}

/// A mistake in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mistake {
    /// The text breaks the rule of its field.
    Rule,
    /// A new product needs the field.
    Missing,
    /// No category has this slug.
    UnknownCategory,
    /// Another line has the same SKU.
    Twice,
    /// The product has changed since the table was exported.
    Changed,
    /// The version is no number.
    Version,
    /// The sign in a price may separate thousands or decimals.
    Ambiguous,
    /// The price has a comma, in a table with commas between its cells.
    Comma,
}

/// A field with a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) field: Field,
    pub(crate) mistake: Mistake,
}

impl Wrong {
    /// Creates the mistake of a text that breaks the rule of `field`.
    pub(crate) const fn rule(field: Field) -> Self {
        Self { field, mistake: Mistake::Rule }
    }
}

/// Returns the fields of a product that the service rejected.
pub(crate) fn wrongs_of(error: &ApiError) -> Vec<Wrong> {
    let ApiError::Answered(body) = error else { return Vec::new() };
    let fields = body.details.iter().filter_map(|detail| Field::of_error(&detail.field));
    fields.map(Wrong::rule).collect()
}

/// The limits of a description, as the Inventory Service has them.
const MOST_TEXT: usize = 5000;
const MOST_TAGS: usize = 20;
const MOST_IMAGES: usize = 10;
const MOST_ATTRIBUTES: usize = 30;
const MOST_ATTRIBUTE: usize = 200;

pub(crate) fn sku(text: &str) -> Result<Sku, Wrong> {
    text.trim().parse().map_err(|_invalid| Wrong::rule(Field::Sku))
}

pub(crate) fn name(text: &str) -> Result<Title, Wrong> {
    Title::try_from(text.trim().to_owned()).map_err(|_rule| Wrong::rule(Field::Name))
}

/// Reads a description. Browsers end its lines with two characters, and products store one.
pub(crate) fn description(text: &str) -> Result<String, Wrong> {
    let text = text.replace("\r\n", "\n");
    let fits = text.chars().count() <= MOST_TEXT && !text.contains('\0');
    fits.then_some(text).ok_or(Wrong::rule(Field::Description))
}

/// Reads a price. `group` is the sign that separates thousands in such texts.
pub(crate) fn price(amount: &str, currency: &str, group: char) -> Result<Money, Wrong> {
    let currency: Currency = currency.trim().parse().map_err(|_invalid| Wrong::rule(Field::Currency))?;
    match minor_units(amount, currency.digits(), group) {
        Ok(amount) => Ok(Money::new(amount, currency)),
        Err(NoAmount::Invalid) => Err(Wrong::rule(Field::Price)),
        Err(NoAmount::Ambiguous) => Err(Wrong { field: Field::Price, mistake: Mistake::Ambiguous }),
    }
}

pub(crate) fn category(text: &str) -> Result<Slug, Wrong> {
    Slug::try_from(text.trim().to_owned()).map_err(|_rule| Wrong::rule(Field::Category))
}

/// Reads tags that spaces or commas separate. Returns them as the service stores them: in order,
/// each once.
pub(crate) fn tags(text: &str) -> Result<Vec<Tag>, Wrong> {
    let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    let tags: Result<Vec<Tag>, _> = words.map(|word| Tag::try_from(word.to_owned())).collect();
    let mut tags = tags.map_err(|_rule| Wrong::rule(Field::Tags))?;
    tags.sort();
    tags.dedup();
    (tags.len() <= MOST_TAGS).then_some(tags).ok_or(Wrong::rule(Field::Tags))
}

/// Reads paths of pictures that spaces separate. The service checks that the pictures exist.
pub(crate) fn images(text: &str) -> Result<Vec<String>, Wrong> {
    let paths: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    let known = paths.iter().all(|path| path.starts_with("/images/"));
    (known && paths.len() <= MOST_IMAGES).then_some(paths).ok_or(Wrong::rule(Field::Images))
}

/// Checks facts by name.
pub(crate) fn attributes(facts: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Wrong> {
    let short = |text: &str| text.chars().count() <= MOST_ATTRIBUTE && !text.chars().any(char::is_control);
    let fits = facts.len() <= MOST_ATTRIBUTES
        && facts.iter().all(|(name, value)| !name.is_empty() && short(name) && short(value));
    fits.then_some(facts).ok_or(Wrong::rule(Field::Attributes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_in_order_and_once() {
        let read = tags(" camping, mugs\ncamping ").unwrap();
        assert_eq!(read.iter().map(Tag::as_str).collect::<Vec<_>>(), ["camping", "mugs"]);
        assert_eq!(tags("").unwrap(), []);
        assert_eq!(tags("Two Words"), Err(Wrong::rule(Field::Tags)));
        let many: Vec<String> = (0..21).map(|at| format!("tag{at}")).collect();
        assert!(tags(&many.join(" ")).is_err() && tags(&many[1..].join(" ")).is_ok());
    }

    #[test]
    fn error_of_the_service_finds_its_field() {
        assert_eq!(Field::of_error("price.amount"), Some(Field::Price));
        assert_eq!(Field::of_error("price.currency"), Some(Field::Currency));
        assert_eq!(Field::of_error("tags[2]"), Some(Field::Tags));
        assert_eq!(Field::of_error("unknown"), None);
    }

    #[test]
    fn wrong_price_names_amount_or_currency() {
        assert_eq!(price("1", "usd", ',').unwrap_err().field, Field::Currency);
        assert_eq!(price("1.234", "USD", ',').unwrap_err().field, Field::Price);
        assert_eq!(price("12", "JPY", ',').unwrap().amount, 12);
    }

    #[test]
    fn description_keeps_its_lines() {
        assert_eq!(description("a\r\nb").unwrap(), "a\nb");
        assert!(description(&"x".repeat(5001)).is_err() && description("\0").is_err());
    }
}
