//! The rules for a product's description that its types do not check.

use std::collections::BTreeMap;

use estore_contract::{FieldError, Money};

/// Returns the error in a new price, which is the value of `field`. Existing prices stay valid,
/// even in a currency that was withdrawn since.
#[must_use]
pub fn wrong_price(field: &str, price: &Money) -> Option<FieldError> {
    let message = "must be a currency in circulation (ISO 4217)";
    (!price.currency.is_current()).then(|| FieldError::new(format!("{field}.currency"), message))
}

/// The parts of a description that have a rule.
pub struct Description<'a> {
    /// The description of the product.
    pub text: &'a str,
    /// The number of tags.
    pub tags: usize,
    /// The number of images.
    pub images: usize,
    /// Attributes of the product, by name.
    pub attributes: &'a BTreeMap<String, String>,
}

impl Description<'_> {
    /// Returns every invalid field.
    #[must_use]
    pub fn wrong(&self) -> Vec<FieldError> {
        let short = |text: &str| text.chars().count() <= 200 && !text.chars().any(char::is_control);
        let facts =
            self.attributes.iter().all(|(name, value)| !name.is_empty() && short(name) && short(value));
        let rules = [
            (self.text.chars().count() <= 5000, "description", "must have at most 5000 characters"),
            (!self.text.contains('\0'), "description", "must not contain NUL"),
            (self.tags <= 20, "tags", "must have at most 20 items"),
            (self.images <= 10, "images", "must have at most 10 items"),
            (self.attributes.len() <= 30, "attributes", "must have at most 30 entries"),
            (
                facts,
                "attributes",
                "must have names and values of at most 200 characters, without control characters",
            ),
        ];
        let broken = rules.into_iter().filter(|(holds, ..)| !holds);
        broken.map(|(_, field, message)| FieldError::new(field, message)).collect()
    }
}
