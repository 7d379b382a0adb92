//! Checks that the twin's answers have the fields of the store's, so that both do the work of
//! reading, rendering and sending them.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::{paths::Path, systems::System};

/// The paths whose answers are compared. The page of orders shows an order.
const COMPARED: [Path; 5] = [Path::Product, Path::List, Path::Me, Path::Orders, Path::Login];

/// Fails if the twin omits a field.
pub(super) async fn check(store: &System, twin: &System) -> Result<()> {
    for path in COMPARED {
        let (Some(ours), Some(theirs)) = (store.answer(path).await?, twin.answer(path).await?) else {
            continue;
        };
        let missing = missing(&ours, &theirs);
        ensure!(missing.is_empty(), "the twin's answer to {path} lacks {}", missing.join(", "));
    }
    Ok(())
}

fn missing(ours: &Value, theirs: &Value) -> Vec<String> {
    fields(theirs, "")
        .iter()
        .fold(fields(ours, ""), |mut left, field| {
            left.remove(field);
            left
        })
        .into_iter()
        .collect()
}

/// Returns the names of all fields; those of lists by their first item.
fn fields(value: &Value, within: &str) -> BTreeSet<String> {
    match value {
        // The catalogue names those fields.
        Value::Object(_) if within.ends_with("/attributes") => BTreeSet::new(),
        Value::Object(object) => {
            let below = object.iter().flat_map(|(name, value)| {
                let name = format!("{within}/{name}");
                let mut found = fields(value, &name);
                found.insert(name);
                found
            });
            below.collect()
        }
        Value::Array(items) => items.first().map(|item| fields(item, within)).unwrap_or_default(),
        _ => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn attributes_of_products_may_differ() {
        let [ours, theirs] = ["volume", "material"].map(|name| json!({"attributes": {name: "x"}}));
        assert_eq!(missing(&ours, &theirs), [""; 0]);
    }

    #[test]
    fn missing_fields_are_named_wherever_they_are() {
        let ours = json!({"items": [{"id": 1, "total": {"amount": 2, "currency": "USD"}}], "next": null});
        let theirs = json!({"items": [{"id": "a", "total": {"amount": 3}}], "more": true});
        assert_eq!(missing(&ours, &theirs), ["/items/total/currency", "/next"]);
        assert_eq!(missing(&ours, &ours), [""; 0]);
    }
}
