//! The common part of both kinds for the operator: the import into the shop, and the withdrawal.

use std::fmt::Debug;

use estore_contract::inventory::CatalogLine;
use kube::{Resource, core::NamespaceResourceScope};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::resources::{CatalogStatus, Category, CategorySpec, Product, ProductSpec};
use crate::catalog::picture_kind;

/// An entry of the catalogue.
pub(super) trait Entry:
    Resource<Scope = NamespaceResourceScope, DynamicType = ()>
    + Clone
    + Debug
    + Serialize
    + DeserializeOwned
    + Send
    + Sync
    + 'static
{
    /// The key in the shop. Two objects with the same key conflict.
    fn key(&self) -> &str;
    /// Returns the lines of its import, or a message about an invalid part.
    fn lines(&self) -> Result<Vec<CatalogLine>, String>;
    /// The path of the request that withdraws it.
    fn path(&self) -> String;
    fn status(&self) -> Option<&CatalogStatus>;
}

impl Entry for Product {
    fn key(&self) -> &str {
        &self.spec.sku
    }

    fn lines(&self) -> Result<Vec<CatalogLine>, String> {
        let ProductSpec { sku, name, description, price, category, tags, image, attributes, stock } =
            &self.spec;
        let mut lines = Vec::new();
        if let Some(image) = image
            && let Some(data) = &image.data
        {
            let kind =
                picture_kind(&image.name).ok_or("image.name must have a picture type that is served")?;
            lines.push(json!({"kind": "image", "name": image.name, "content_type": kind, "data": data}));
        }
        let images: Vec<&str> = image.iter().map(|image| image.name.as_str()).collect();
        lines.push(json!({
            "kind": "product", "sku": sku, "name": name, "description": description, "price": price,
            "category": category, "tags": tags, "images": images, "attributes": attributes, "stock": stock,
        }));
        lines.into_iter().map(valid).collect()
    }

    fn path(&self) -> String {
        format!("/internal/catalog/products/{}", self.spec.sku)
    }

    fn status(&self) -> Option<&CatalogStatus> {
        self.status.as_ref()
    }
}

impl Entry for Category {
    fn key(&self) -> &str {
        &self.spec.slug
    }

    fn lines(&self) -> Result<Vec<CatalogLine>, String> {
        let CategorySpec { slug, name, parent } = &self.spec;
        let mut line = json!({"kind": "category", "slug": slug, "name": name});
        if let (Some(parent), Some(line)) = (parent, line.as_object_mut()) {
            line.insert("parent".to_owned(), json!(parent));
        }
        Ok(vec![valid(line)?])
    }

    fn path(&self) -> String {
        format!("/internal/catalog/categories/{}", self.spec.slug)
    }

    fn status(&self) -> Option<&CatalogStatus> {
        self.status.as_ref()
    }
}

/// Parses a line by the types of the API, which check every rule.
fn valid(line: Value) -> Result<CatalogLine, String> {
    serde_json::from_value(line).map_err(|error| error.to_string())
}
