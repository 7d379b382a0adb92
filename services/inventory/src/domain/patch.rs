//! Merging a change into a product (RFC 7396).

use std::collections::BTreeMap;

use estore_contract::inventory::{Product, ProductBody, ProductPatch};

/// Returns the description that results from applying `patch` to `now`. Omitted fields stay.
#[must_use]
pub fn merge(now: Product, patch: ProductPatch) -> ProductBody {
    ProductBody {
        name: patch.name.unwrap_or(now.name),
        description: patch.description.unwrap_or(now.description),
        price: patch.price.unwrap_or_default().onto(now.price),
        category: patch.category.unwrap_or(now.category),
        tags: patch.tags.map_or(now.tags, Option::unwrap_or_default),
        images: patch.images.map_or(now.images, Option::unwrap_or_default),
        attributes: match patch.attributes {
            None => now.attributes,
            Some(None) => BTreeMap::new(),
            Some(Some(changes)) => merge_entries(now.attributes, changes),
        },
    }
}

fn merge_entries(
    mut kept: BTreeMap<String, String>,
    changes: BTreeMap<String, Option<String>>,
) -> BTreeMap<String, String> {
    for (name, value) in changes {
        match value {
            Some(value) => kept.insert(name, value),
            None => kept.remove(&name),
        };
    }
    kept
}

/// Returns those fields of [`Description`](super::Description) that `patch` names. Only these are
/// checked by its rules, so that a change of one field does not fail because of another. The types
/// check the other fields, and the route checks a new currency. A new field with a rule belongs in
/// this list.
#[must_use]
pub fn named(patch: &ProductPatch) -> Vec<&'static str> {
    let fields = [
        ("description", patch.description.is_some()),
        ("tags", patch.tags.is_some()),
        ("images", patch.images.is_some()),
        ("attributes", patch.attributes.is_some()),
    ];
    fields.into_iter().filter_map(|(name, named)| named.then_some(name)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn merged(patch: Value) -> Value {
        let now: Product = serde_json::from_value(json!({
            "sku": "A", "name": "Mug", "description": "Steel.", "price": {"amount": 5, "currency": "ANG"},
            "category": "c", "tags": ["x"], "images": ["/images/i"], "attributes": {"a": "1", "b": "2"},
            "available": 0, "status": "archived", "version": 3,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"
        }))
        .unwrap();
        serde_json::to_value(merge(now, serde_json::from_value(patch).unwrap())).unwrap()
    }

    #[test]
    fn fields_omitted_from_a_patch_stay() {
        let all = json!({
            "name": "Mug", "description": "Steel.", "price": {"amount": 5, "currency": "ANG"}, "category": "c",
            "tags": ["x"], "images": ["/images/i"], "attributes": {"a": "1", "b": "2"}
        });
        assert_eq!(merged(json!({})), all);
        for (patch, field, expected) in [
            (json!({"name": "Cup"}), "name", json!("Cup")),
            (json!({"price": {"amount": 7}}), "price", json!({"amount": 7, "currency": "ANG"})),
            (json!({"price": {"currency": "XCG"}}), "price", json!({"amount": 5, "currency": "XCG"})),
            (json!({"price": {}}), "price", json!({"amount": 5, "currency": "ANG"})),
            (json!({"tags": []}), "tags", json!([])),
            (json!({"tags": null}), "tags", json!([])),
            (json!({"images": null}), "images", json!([])),
            (json!({"attributes": {"a": null, "c": "3"}}), "attributes", json!({"b": "2", "c": "3"})),
            (json!({"attributes": {}}), "attributes", json!({"a": "1", "b": "2"})),
            (json!({"attributes": null}), "attributes", json!({})),
            (json!({"status": "active"}), "name", json!("Mug")),
        ] {
            let mut wanted = all.clone();
            wanted[field] = expected;
            assert_eq!(merged(patch.clone()), wanted, "{patch}");
        }
    }

    #[test]
    fn null_for_a_required_field_is_refused() {
        for field in ["name", "description", "price", "category", "status"] {
            assert!(serde_json::from_value::<ProductPatch>(json!({field: null})).is_err(), "{field}");
        }
        for price in
            [json!({"amount": null}), json!({"currency": null}), json!({"amount": -1}), json!({"tax": 1})]
        {
            assert!(serde_json::from_value::<ProductPatch>(json!({"price": price})).is_err(), "{price}");
        }
    }
}
