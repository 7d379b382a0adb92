//! A product in the form that the index takes, built outside the index's lock.

use std::sync::Arc;

use estore_contract::{
    Currency,
    inventory::Product,
    text::{Slug, Tag},
};

use crate::{
    Error,
    domain::{Edition, Field, indexed_words, pairs, sort_name},
};

/// A product's JSON, without the number of available units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    text: Box<[u8]>,
    /// The position of the number that is left out.
    at: usize,
}

/// A placeholder that no product's stock can equal. Inside a description, the quotes around the
/// field's name would be escaped.
const NOBODY: i64 = i64::MIN;

impl Ready {
    /// Renders the JSON of `product`, byte for byte as serde writes it.
    pub fn of(product: &Product) -> Result<Self, Error> {
        let product = Product { available: NOBODY, ..product.clone() };
        let bad = |what: String| Error::Unexpected(format!("JSON of {}: {what}", product.sku));
        let text = serde_json::to_string(&product).map_err(|error| bad(error.to_string()))?;
        let number = format!(r#""available":{NOBODY},"#);
        let (before, after) = text.split_once(&number).ok_or_else(|| bad("no stock".to_owned()))?;
        let (name, rest) = (r#""available":"#, ",");
        let at = before.len() + name.len();
        Ok(Self { text: [before, name, rest, after].concat().into_bytes().into(), at })
    }

    /// Appends the JSON with this number of available units.
    pub fn write(&self, available: i64, to: &mut Vec<u8>) {
        let (before, after) = self.text.split_at_checked(self.at).unwrap_or_default();
        to.extend_from_slice(before);
        to.extend_from_slice(itoa::Buffer::new().format(available).as_bytes());
        to.extend_from_slice(after);
    }

    /// Returns the size in bytes, without the number.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.text.len()
    }
}

/// A product that is for sale, with all data that the index stores for it.
#[derive(Debug, Clone)]
pub struct Entry {
    pub(super) sku: Arc<str>,
    pub(super) name: Box<str>,
    pub(super) amount: i64,
    pub(super) created: i64,
    pub(super) currency: Currency,
    pub(super) edition: Edition,
    pub(super) available: i64,
    pub(super) category: Slug,
    pub(super) tags: Vec<Tag>,
    pub(super) words: Vec<(String, Field)>,
    pub(super) pairs: Box<[u32]>,
    pub(super) ready: Ready,
}

impl Entry {
    /// Builds the entry of `product`.
    pub fn of(product: &Product) -> Result<Self, Error> {
        let (name, sku) = (product.name.as_str(), product.sku.as_str());
        let tags = || product.tags.iter().map(Tag::as_str);
        // The description comes last, because it alone can have too many pairs.
        let texts = [sku, name].into_iter().chain(tags()).chain([product.description.as_str()]);
        let created = product.created_at.unix_timestamp_nanos() / 1_000_000;
        Ok(Self {
            sku: sku.into(),
            name: sort_name(name).into(),
            amount: product.price.amount,
            created: i64::try_from(created).unwrap_or_default(),
            currency: product.price.currency,
            edition: Edition::of(product),
            available: product.available,
            category: product.category.clone(),
            tags: product.tags.clone(),
            words: indexed_words(name, sku, tags(), &product.description).into_iter().collect(),
            pairs: pairs(texts).into(),
            ready: Ready::of(product)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn spliced_json_equals_the_serde_output() {
        for description in ["Steel.", r#"","available":-9223372036854775808,"status":"#, "\u{1f}\\\" é 日"]
        {
            let product: Product = serde_json::from_value(json!({
                "sku": "A", "name": "Mug", "description": description, "price": {"amount": 5, "currency": "USD"},
                "category": "c", "tags": ["x"], "images": ["/images/i"], "attributes": {"available": "1"},
                "available": 7, "status": "active", "version": 3,
                "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00.5Z"
            }))
            .unwrap();
            let ready = Ready::of(&product).unwrap();
            for available in [0, 7, -3, 1_000_000_000] {
                let mut spliced = Vec::new();
                ready.write(available, &mut spliced);
                let expected = serde_json::to_string(&Product { available, ..product.clone() }).unwrap();
                assert_eq!(String::from_utf8(spliced).unwrap(), expected);
            }
        }
    }
}
