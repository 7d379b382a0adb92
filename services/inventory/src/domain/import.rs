//! The rules for a line of an import that its types do not check.

use base64::{Engine, engine::general_purpose::STANDARD};
use estore_contract::{FieldError, Sku, inventory::CatalogLine};

use super::{Description, wrong_price};

const KINDS: [&str; 4] = ["image/svg+xml", "image/png", "image/jpeg", "image/webp"];

/// The most units that a new product may begin with.
const MOST: u32 = 1_000_000;

/// Returns the invalid fields of `line`, with the reason for each.
#[must_use]
pub fn wrong_in_line(line: &CatalogLine) -> Vec<FieldError> {
    match line {
        CatalogLine::Image { name, content_type, data } => wrong([
            // The name becomes a part of a path, and of a key.
            (name.parse::<Sku>().is_ok(), "name", "must be letters, digits, dots, underscores and hyphens"),
            (KINDS.contains(&content_type.as_str()), "content_type", "must be a picture type that is served"),
            (STANDARD.decode(data).is_ok(), "data", "is not base64"),
        ]),
        CatalogLine::Category { .. } => Vec::new(),
        CatalogLine::Product { description, price, tags, images, attributes, stock, .. } => {
            let (tags, images) = (tags.len(), images.len());
            let mut found = Description { text: description, tags, images, attributes }.wrong();
            found.extend(wrong_price("price", price));
            found.extend(wrong([(*stock <= MOST, "stock", "must be at most 1000000")]));
            found
        }
    }
}

fn wrong<const N: usize>(rules: [(bool, &str, &str); N]) -> Vec<FieldError> {
    let broken = rules.into_iter().filter(|(holds, ..)| !holds);
    broken.map(|(_, field, message)| FieldError::new(field, message)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wrong_fields(line: serde_json::Value) -> Vec<String> {
        let line = serde_json::from_value(line).unwrap();
        wrong_in_line(&line).into_iter().map(|field| field.field).collect()
    }

    #[test]
    fn import_line_follows_the_rules_for_admins() {
        let product = |description: &str, tags: Vec<String>, stock: u32| {
            json!({"kind": "product", "sku": "A", "name": "A", "description": description, "category": "a",
                "price": {"amount": 1, "currency": "USD"}, "tags": tags, "stock": stock})
        };
        assert!(wrong_fields(product("A thing.", vec![], 5)).is_empty());
        let many = (0..21).map(|n| format!("tag-{n}")).collect();
        assert_eq!(
            wrong_fields(product(&"x".repeat(5001), many, 1_000_001)),
            ["description", "tags", "stock"]
        );
        let image =
            |name: &str| json!({"kind": "image", "name": name, "content_type": "image/png", "data": "AA=="});
        assert!(wrong_fields(image("mug-enamel-01.svg")).is_empty());
        for name in ["", "../mug.svg", "a/b.svg", "a\u{0}.svg", ".svg"] {
            assert_eq!(wrong_fields(image(name)), ["name"], "{name:?}");
        }
    }
}
