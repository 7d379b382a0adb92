//! The wire types of the Inventory Service.

mod images;
mod prices;
mod stock;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

pub use images::UploadedImage;
pub use prices::{PriceChange, PriceHistory};
pub use stock::{Adjustment, AdjustmentBody, JournalEntry, Movement, Stock};

use crate::{
    Currency, Money, MoneyPatch, Sku,
    names::named,
    text::{Slug, Tag, Title},
};

/// One line of `PUT /internal/catalog` (NDJSON).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum CatalogLine {
    /// A picture, stored under the hash of its content.
    Image {
        /// The file name by which products refer to it, such as `mug.svg`.
        name: String,
        /// `image/svg+xml`, `image/png`, `image/jpeg` or `image/webp`.
        content_type: String,
        /// The bytes, in base64.
        data: String,
    },
    /// A category. Its parent is on an earlier line or exists already.
    Category {
        /// The name in paths.
        slug: Slug,
        /// The display name.
        name: Title,
        /// The parent category.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<Slug>,
    },
    /// A product. Replaces the description of an existing product. Sets the stock only if the SKU
    /// is new.
    Product {
        /// The SKU.
        sku: Sku,
        /// The display name.
        name: Title,
        /// The text that describes the product.
        description: String,
        /// The price of one unit.
        price: Money,
        /// The slug of its category.
        category: Slug,
        /// Words by which search finds the product.
        #[serde(default)]
        tags: Vec<Tag>,
        /// File names of images that are on earlier lines or exist already.
        #[serde(default)]
        images: Vec<String>,
        /// Attributes of the product, such as its material, by name.
        #[serde(default)]
        attributes: BTreeMap<String, String>,
        /// Units on hand, for a new SKU.
        #[serde(default)]
        stock: u32,
    },
}

/// The result of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CatalogImported {
    /// Products that did not exist before.
    pub products_created: u32,
    /// Products whose description changed.
    pub products_updated: u32,
    /// Products that already matched their line.
    pub products_unchanged: u32,
    /// Categories written.
    pub categories: u32,
    /// Images written.
    pub images: u32,
}

named! {
    /// The sales status of a product.
    pub enum ProductStatus {
        /// For sale.
        Active = "active",
        /// No longer for sale; kept for the orders that refer to it.
        Archived = "archived",
    }
}

/// A product of the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "sku": "MUG-ENAMEL-01", "name": "Enamel Camp Mug", "description": "Steel, twice enamelled, 350 ml.",
    "price": {"amount": 1490, "currency": "USD"}, "category": "drinkware", "tags": ["camping"],
    "images": ["/images/0f3a5c77aa01-mug-enamel-01.svg"], "attributes": {"material": "steel"}, "available": 240,
    "status": "active", "version": 1, "created_at": "2026-11-23T12:00:00Z", "updated_at": "2026-11-23T12:00:00Z"
}))]
pub struct Product {
    /// The SKU.
    pub sku: Sku,
    /// The display name.
    #[serde(deserialize_with = "Title::deserialize_kept")]
    pub name: Title,
    /// The text that describes the product.
    pub description: String,
    /// The price of one unit.
    pub price: Money,
    /// The slug of its category.
    #[serde(deserialize_with = "Slug::deserialize_kept")]
    pub category: Slug,
    /// Words by which search finds the product.
    #[serde(deserialize_with = "Tag::deserialize_kept_list")]
    pub tags: Vec<Tag>,
    /// Paths of its pictures at this service.
    pub images: Vec<String>,
    /// Attributes of the product, such as its material, by name.
    pub attributes: BTreeMap<String, String>,
    /// Units that can be ordered now.
    pub available: i64,
    /// The sales status.
    pub status: ProductStatus,
    /// Grows by one with each change of the description, not of the stock.
    pub version: u64,
    /// The time at which the product was created.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// The time of the last change of the description.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// The whole description of a product, as an admin writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductBody {
    /// The display name.
    pub name: Title,
    /// The text that describes the product.
    #[schema(max_length = 5000)]
    pub description: String,
    /// The price of one unit.
    pub price: Money,
    /// The slug of its category.
    pub category: Slug,
    /// Words by which search finds the product.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub tags: Vec<Tag>,
    /// Paths of pictures that exist already.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub images: Vec<String>,
    /// Attributes of the product, such as its material, by name.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

/// The body of `POST /products`. New products have no stock: an adjustment books it, which leaves a
/// movement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "sku": "MUG-STEEL-02", "name": "Steel Mug", "description": "Double-walled.",
    "price": {"amount": 2490, "currency": "USD"}, "category": "drinkware", "tags": ["camping"]
}))]
pub struct NewProduct {
    /// The SKU.
    pub sku: Sku,
    /// The display name.
    pub name: Title,
    /// The text that describes the product.
    #[schema(max_length = 5000)]
    pub description: String,
    /// The price of one unit.
    pub price: Money,
    /// The slug of its category.
    pub category: Slug,
    /// Words by which search finds the product.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub tags: Vec<Tag>,
    /// Paths of pictures that exist already.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub images: Vec<String>,
    /// Attributes of the product, such as its material, by name.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

/// The body of `PATCH /products/{sku}` (RFC 7396). An omitted field keeps its value, also within
/// `price` and `attributes`. `null` clears a field that a product may lack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"price": {"amount": 1290}, "attributes": {"colour": "blue", "weight": null}}))]
pub struct ProductPatch {
    /// The display name.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub name: Option<Title>,
    /// The text that describes the product.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false, max_length = 5000)]
    pub description: Option<String>,
    /// The price of one unit.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub price: Option<MoneyPatch>,
    /// The slug of its category.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub category: Option<Slug>,
    /// Words by which search finds the product.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::nullable")]
    #[schema(value_type = Option<Vec<Tag>>, max_items = 20)]
    pub tags: Option<Option<Vec<Tag>>>,
    /// Paths of pictures that exist already.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::nullable")]
    #[schema(value_type = Option<Vec<String>>, max_items = 10)]
    pub images: Option<Option<Vec<String>>>,
    /// Attributes of the product, by name. `null` removes one.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::nullable")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub attributes: Option<Option<BTreeMap<String, Option<String>>>>,
    /// The sales status. `active` puts an archived product on sale again.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub status: Option<ProductStatus>,
}

/// A category with the categories below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(no_recursion)]
pub struct Category {
    /// The name in paths.
    #[serde(deserialize_with = "Slug::deserialize_kept")]
    pub slug: Slug,
    /// The display name.
    #[serde(deserialize_with = "Title::deserialize_kept")]
    pub name: Title,
    /// Number of products for sale in this category and below it.
    pub count: u64,
    /// The categories directly below it.
    pub children: Vec<Category>,
}

/// The answer of `GET /categories`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CategoryTree {
    /// The top-level categories.
    pub items: Vec<Category>,
}

/// The body of `PUT /categories/{slug}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Drinkware", "parent": "kitchen"}))]
pub struct CategoryBody {
    /// The display name.
    pub name: Title,
    /// The parent category. Absent for a top-level category.
    #[serde(default)]
    pub parent: Option<Slug>,
}

/// A category, as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CategoryWritten {
    /// The name in paths.
    pub slug: Slug,
    /// The display name.
    pub name: Title,
    /// The parent category.
    pub parent: Option<Slug>,
}

/// A tag, and the number of products for sale that carry it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TagCount {
    /// The tag.
    #[serde(deserialize_with = "Tag::deserialize_kept")]
    pub tag: Tag,
    /// Number of products.
    pub count: u64,
}

/// The answer of `GET /tags`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TagList {
    /// The tags, ordered by name.
    pub items: Vec<TagCount>,
}

/// A category, and the number of matching products in it and below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CategoryCount {
    /// The name in paths.
    #[serde(deserialize_with = "Slug::deserialize_kept")]
    pub slug: Slug,
    /// The display name.
    #[serde(deserialize_with = "Title::deserialize_kept")]
    pub name: Title,
    /// Number of products.
    pub count: u64,
}

/// A currency, and the number of matching products priced in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CurrencyCount {
    /// The currency.
    pub currency: Currency,
    /// Number of products.
    pub count: u64,
}

/// The answer of `GET /facets`: the number of products in a list, in total and for each filter.
/// Omits filters that match no product of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Facets {
    /// Number of products in the list.
    pub total: u64,
    /// Number of these with units available.
    pub in_stock: u64,
    /// Counts by category, ordered by slug.
    pub categories: Vec<CategoryCount>,
    /// Counts by tag, ordered by name.
    pub tags: Vec<TagCount>,
    /// Counts by currency, ordered by code.
    pub currencies: Vec<CurrencyCount>,
}
