//! Reads the catalogue of a system, and adds enough stock.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::http::{call, must};
use crate::load::Request;

/// Products to read, and products to order.
const READ: usize = 1_000;
pub(super) const ORDERED: usize = 200;
/// Rows of a page, of products and of orders.
pub(super) const PAGE: usize = 20;
/// Stock that no run uses up, and the stock below which more is added.
const STOCK: u64 = 900_000;
const LEAST: u64 = 100_000;

/// A client of Inventory with a token.
pub(super) struct Reader<'a> {
    pub(super) port: u16,
    pub(super) token: &'a str,
}

impl Reader<'_> {
    /// Returns the first SKUs, and adds enough stock to those that are ordered.
    pub(super) async fn skus(&self) -> Result<Vec<String>> {
        let (mut found, mut path) = (Vec::new(), "/products?limit=100".to_owned());
        while found.len() < READ {
            let page = must(self.port, &Request::get(&path).bearing(self.token), 200).await?;
            for product in items(&page) {
                let sku = text(product, "sku").context("a SKU")?.to_owned();
                let available = product.get("available").and_then(Value::as_u64).unwrap_or(0);
                if found.len() < ORDERED && available < LEAST {
                    self.stock(&sku).await?;
                }
                found.push(sku);
            }
            let Some(next) = text(&page, "next_cursor") else { break };
            path = format!("/products?limit=100&cursor={next}");
        }
        ensure!(!found.is_empty(), "the catalogue has no products");
        Ok(found)
    }

    /// Returns categories with a full page of products.
    pub(super) async fn categories(&self) -> Result<Vec<String>> {
        let tree = must(self.port, &Request::get("/categories").bearing(self.token), 200).await?;
        let mut found = Vec::new();
        for slug in slugs(&tree) {
            let path = format!("/products?category={slug}&limit={PAGE}&sort=price");
            let (status, page) = call(self.port, &Request::get(path).bearing(self.token)).await?;
            if status == 200 && items(&page).len() == PAGE {
                found.push(slug);
            }
            if found.len() == PAGE {
                break;
            }
        }
        ensure!(!found.is_empty(), "no category has {PAGE} products");
        Ok(found)
    }

    async fn stock(&self, sku: &str) -> Result<()> {
        let body = json!({"delta": STOCK, "reason": "benchmark"});
        let request = Request::post(format!("/products/{sku}/stock/adjustments"), &body);
        let request = request.bearing(self.token).with("Idempotency-Key", key());
        must(self.port, &request, 201).await?;
        Ok(())
    }
}

/// Returns a new Idempotency-Key.
pub(super) fn key() -> String {
    format!("{:032x}", fastrand::u128(..))
}

pub(super) fn items(page: &Value) -> &[Value] {
    page.get("items").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Returns the text under `name`.
pub(super) fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str()
}

/// Returns every slug in a tree of categories, in its order.
fn slugs(tree: &Value) -> Vec<String> {
    match tree {
        Value::Array(all) => all.iter().flat_map(slugs).collect(),
        Value::Object(fields) => {
            let own = fields.get("slug").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(fields.values().flat_map(slugs)).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_come_from_every_level() {
        let below = json!([{"slug": "b", "children": []}]);
        let tree = json!({"items": [{"slug": "a", "children": below}, {"slug": "c"}]});
        assert_eq!(slugs(&tree), ["a", "b", "c"]);
    }
}
