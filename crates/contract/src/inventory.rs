//! The Inventory Service's wire.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Money, Sku};

/// One line of `PUT /internal/catalog` (NDJSON).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum CatalogLine {
    /// A picture, stored under the hash of its content.
    Image {
        /// The file name that products refer to, such as `mug.svg`.
        name: String,
        /// `image/svg+xml`, `image/png`, `image/jpeg` or `image/webp`.
        content_type: String,
        /// The bytes, in base64.
        data: String,
    },
    /// A category; its parent stands on an earlier line or is there already.
    Category {
        /// Its name in paths.
        slug: String,
        /// Its name for people.
        name: String,
        /// The category above it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<String>,
    },
    /// A product. The description is replaced; the stock is set only where the SKU is new.
    Product {
        /// Which.
        sku: Sku,
        /// Its name for people.
        name: String,
        /// What it is.
        description: String,
        /// What it costs.
        price: Money,
        /// The slug of its category.
        category: String,
        /// Words to find it by.
        #[serde(default)]
        tags: Vec<String>,
        /// File names of images on earlier lines or there already.
        #[serde(default)]
        images: Vec<String>,
        /// Facts about it.
        #[serde(default)]
        attributes: BTreeMap<String, String>,
        /// Pieces on hand, for a new SKU.
        #[serde(default)]
        stock: u32,
    },
}

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CatalogImported {
    /// Products that were not there before.
    pub products_created: u32,
    /// Products whose description changed.
    pub products_updated: u32,
    /// Products that were already as the line has them.
    pub products_unchanged: u32,
    /// Categories written.
    pub categories: u32,
    /// Images written.
    pub images: u32,
}
