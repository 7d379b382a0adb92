//! The difference between a product and its wanted description: a patch for the service, and a list
//! for people.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::{
    MoneyPatch,
    inventory::{Product, ProductBody, ProductPatch},
    text::Tag,
    verification::Locale,
};

use super::Field;
use crate::texts;

/// The change of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldChange {
    pub(crate) field: Field,
    /// The fact that changes, if the field is `attributes`.
    pub(crate) attribute: Option<String>,
    pub(crate) before: String,
    pub(crate) after: String,
}

impl FieldChange {
    /// Names the field, or the attribute.
    pub(crate) fn name(&self, locale: Locale) -> String {
        let field = texts::admin::field(self.field, locale);
        self.attribute.as_ref().map_or_else(|| field.to_owned(), |name| format!("{field}: {name}"))
    }
}

/// Everything that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) patch: ProductPatch,
    pub(crate) changes: Vec<FieldChange>,
}

/// Compares a product with its wanted description. Returns `None` if they are alike.
pub(crate) fn difference(now: &Product, wanted: &ProductBody) -> Option<Difference> {
    let mut found = Difference { patch: ProductPatch::default(), changes: Vec::new() };
    let patch = &mut found.patch;
    let mut note = |field, before: String, after: String| {
        let changed = before != after;
        if changed {
            found.changes.push(FieldChange { field, attribute: None, before, after });
        }
        changed
    };
    if note(Field::Name, now.name.to_string(), wanted.name.to_string()) {
        patch.name = Some(wanted.name.clone());
    }
    if note(Field::Description, now.description.clone(), wanted.description.clone()) {
        patch.description = Some(wanted.description.clone());
    }
    if note(Field::Price, now.price.to_string(), wanted.price.to_string()) {
        // A withdrawn currency stays valid for a product that has it, so only a new one is sent.
        let is_new = now.price.currency != wanted.price.currency;
        patch.price = Some(MoneyPatch {
            amount: Some(wanted.price.amount),
            currency: is_new.then_some(wanted.price.currency),
        });
    }
    if note(Field::Category, now.category.to_string(), wanted.category.to_string()) {
        patch.category = Some(wanted.category.clone());
    }
    if note(Field::Tags, tags(&now.tags), tags(&wanted.tags)) {
        patch.tags = Some(Some(wanted.tags.clone()));
    }
    if note(Field::Images, now.images.join(" "), wanted.images.join(" ")) {
        patch.images = Some(Some(wanted.images.clone()));
    }
    let (facts, changes) = attributes(&now.attributes, &wanted.attributes);
    if !facts.is_empty() {
        patch.attributes = Some(Some(facts));
    }
    found.changes.extend(changes);
    (!found.changes.is_empty()).then_some(found)
}

fn tags(tags: &[Tag]) -> String {
    tags.iter().map(Tag::as_str).collect::<Vec<_>>().join(" ")
}

type Facts = BTreeMap<String, String>;

/// Returns the facts to set, or to remove with `None`, and their changes.
fn attributes(now: &Facts, wanted: &Facts) -> (BTreeMap<String, Option<String>>, Vec<FieldChange>) {
    let names: BTreeSet<&String> = now.keys().chain(wanted.keys()).collect();
    let differs = names.into_iter().filter(|name| now.get(*name) != wanted.get(*name));
    let change = |name: &String| {
        let text = |of: &Facts| of.get(name).cloned().unwrap_or_default();
        let attribute = Some(name.clone());
        let change =
            FieldChange { field: Field::Attributes, attribute, before: text(now), after: text(wanted) };
        ((name.clone(), wanted.get(name).cloned()), change)
    };
    differs.map(change).unzip()
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::{Value, json};

    use super::*;

    pub(crate) fn product(sku: &str) -> Product {
        serde_json::from_value(json!({
            "sku": sku, "name": "Mug", "description": "Steel.", "price": {"amount": 1490, "currency": "USD"},
            "category": "mugs", "tags": ["camping"], "images": ["/images/a-mug.svg"],
            "attributes": {"colour": "red", "size": "S"}, "available": 3, "status": "active", "version": 3,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"
        }))
        .unwrap()
    }

    pub(crate) fn body(of: &Product) -> ProductBody {
        let Product { name, description, price, category, tags, images, attributes, .. } = of.clone();
        ProductBody { name, description, price, category, tags, images, attributes }
    }

    fn patch(wanted: &ProductBody) -> Value {
        serde_json::to_value(difference(&product("A"), wanted).unwrap().patch).unwrap()
    }

    #[test]
    fn equal_description_has_no_difference() {
        assert_eq!(difference(&product("A"), &body(&product("A"))), None);
    }

    #[test]
    fn patch_has_only_changed_fields() {
        let mut wanted = body(&product("A"));
        wanted.price.amount = 1290;
        assert_eq!(patch(&wanted), json!({"price": {"amount": 1290}}));
        wanted.price.currency = "EUR".parse().unwrap();
        assert_eq!(patch(&wanted), json!({"price": {"amount": 1290, "currency": "EUR"}}));
    }

    #[test]
    fn removed_fact_becomes_null() {
        let mut wanted = body(&product("A"));
        wanted.attributes = BTreeMap::from([("colour".to_owned(), "blue".to_owned())]);
        let found = difference(&product("A"), &wanted).unwrap();
        assert_eq!(patch(&wanted), json!({"attributes": {"colour": "blue", "size": null}}));
        let shown = |change: &FieldChange| {
            (change.attribute.clone().unwrap_or_default(), change.before.clone(), change.after.clone())
        };
        let shown: Vec<_> = found.changes.iter().map(shown).collect();
        let text = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(shown, [text("colour", "red", "blue"), text("size", "S", "")]);
    }
}
