//! The Inventory Service's wire.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{
    Money, MoneyPatch, OrderId, Sku,
    text::{ShortText, Slug, Tag, Title},
};

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
        slug: Slug,
        /// Its name for people.
        name: Title,
        /// The category above it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<Slug>,
    },
    /// A product. The description is replaced; the stock is set only where the SKU is new.
    Product {
        /// Which.
        sku: Sku,
        /// Its name for people.
        name: Title,
        /// What it is.
        description: String,
        /// What it costs.
        price: Money,
        /// The slug of its category.
        category: Slug,
        /// Words to find it by.
        #[serde(default)]
        tags: Vec<Tag>,
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

/// Whether a product is for sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProductStatus {
    /// It is.
    Active,
    /// It was; it is kept for the orders that name it.
    Archived,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "sku": "MUG-ENAMEL-01", "name": "Enamel Camp Mug", "description": "Steel, twice enamelled, 350 ml.",
    "price": {"amount": 1490, "currency": "USD"}, "category": "drinkware", "tags": ["camping"],
    "images": ["/images/0f3a5c77aa01-mug-enamel-01.svg"], "attributes": {"material": "steel"}, "available": 240,
    "status": "active", "version": 1, "created_at": "2026-11-23T12:00:00Z", "updated_at": "2026-11-23T12:00:00Z"
}))]
pub struct Product {
    /// Which.
    pub sku: Sku,
    /// Its name for people.
    pub name: Title,
    /// What it is.
    pub description: String,
    /// What it costs.
    pub price: Money,
    /// The slug of its category.
    pub category: Slug,
    /// Words to find it by.
    pub tags: Vec<Tag>,
    /// Paths of its pictures at this service.
    pub images: Vec<String>,
    /// Facts about it.
    pub attributes: BTreeMap<String, String>,
    /// Pieces that can be ordered now.
    pub available: i64,
    /// Whether it is for sale.
    pub status: ProductStatus,
    /// Grows by one with each change of the description, not of the stock.
    pub version: u64,
    /// Since when it is there.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When its description last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// What an admin says of a product: the whole description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductBody {
    /// Its name for people.
    pub name: Title,
    /// What it is.
    #[schema(max_length = 5000)]
    pub description: String,
    /// What it costs.
    pub price: Money,
    /// The slug of its category.
    pub category: Slug,
    /// Words to find it by.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub tags: Vec<Tag>,
    /// Paths of pictures that are there already.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub images: Vec<String>,
    /// Facts about it.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

/// `POST /products`. New products have no stock: that is booked by an adjustment, which leaves a movement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "sku": "MUG-STEEL-02", "name": "Steel Mug", "description": "Double-walled.",
    "price": {"amount": 2490, "currency": "USD"}, "category": "drinkware", "tags": ["camping"]
}))]
pub struct NewProduct {
    /// Which.
    pub sku: Sku,
    /// Its name for people.
    pub name: Title,
    /// What it is.
    #[schema(max_length = 5000)]
    pub description: String,
    /// What it costs.
    pub price: Money,
    /// The slug of its category.
    pub category: Slug,
    /// Words to find it by.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub tags: Vec<Tag>,
    /// Paths of pictures that are there already.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub images: Vec<String>,
    /// Facts about it.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

/// `PATCH /products/{sku}`: what is left out stays, also within `price` and `attributes`; `null` clears what a product may be
/// without (RFC 7396).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"price": {"amount": 1290}, "attributes": {"colour": "blue", "weight": null}}))]
pub struct ProductPatch {
    /// Its name for people.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub name: Option<Title>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false, max_length = 5000)]
    pub description: Option<String>,
    /// What it costs.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub price: Option<MoneyPatch>,
    /// The slug of its category.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub category: Option<Slug>,
    /// Words to find it by.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::nullable")]
    #[schema(value_type = Option<Vec<Tag>>, max_items = 20)]
    pub tags: Option<Option<Vec<Tag>>>,
    /// Paths of pictures that are there already.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::nullable")]
    #[schema(value_type = Option<Vec<String>>, max_items = 10)]
    pub images: Option<Option<Vec<String>>>,
    /// Facts about it; `null` takes one away.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::nullable")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub attributes: Option<Option<BTreeMap<String, Option<String>>>>,
    /// Whether it is for sale: `active` puts an archived product back.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub status: Option<ProductStatus>,
}

/// A category with what is below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(no_recursion)]
pub struct Category {
    /// Its name in paths.
    pub slug: Slug,
    /// Its name for people.
    pub name: Title,
    /// Products for sale in it and below it.
    pub count: u64,
    /// The categories below it.
    pub children: Vec<Category>,
}

/// `GET /categories`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CategoryTree {
    /// The categories at the top.
    pub items: Vec<Category>,
}

/// `PUT /categories/{slug}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Drinkware", "parent": "kitchen"}))]
pub struct CategoryBody {
    /// Its name for people.
    pub name: Title,
    /// The category above it; none for one at the top.
    #[serde(default)]
    pub parent: Option<Slug>,
}

/// A category, as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CategoryWritten {
    /// Its name in paths.
    pub slug: Slug,
    /// Its name for people.
    pub name: Title,
    /// The category above it.
    pub parent: Option<Slug>,
}

/// A tag, and how many products for sale carry it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TagCount {
    /// The tag.
    pub tag: Tag,
    /// How many.
    pub count: u64,
}

/// `GET /tags`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TagList {
    /// The tags, by name.
    pub items: Vec<TagCount>,
}

/// `GET /products/{sku}/stock`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stock {
    /// Which.
    pub sku: Sku,
    /// Pieces in the store.
    pub on_hand: i64,
    /// Of these, pieces held for orders under way.
    pub reserved: i64,
    /// Pieces that can be ordered: `on_hand` − `reserved`.
    pub available: i64,
    /// The latest changes of `on_hand`, newest first.
    pub movements: Vec<Movement>,
}

/// A change of the stock of one SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Movement {
    /// `received`, `adjusted`, `confirmed` or `returned`.
    pub kind: String,
    /// By how many pieces `on_hand` changed.
    pub delta: i64,
    /// What it was afterwards.
    pub on_hand: i64,
    /// Why, or for which order.
    pub reason: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// `POST /products/{sku}/stock/adjustments`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"delta": 24, "reason": "delivery 4711"}))]
pub struct AdjustmentBody {
    /// Pieces that came (positive) or went (negative); not 0.
    #[schema(minimum = -1_000_000, maximum = 1_000_000)]
    pub delta: i64,
    /// Why.
    pub reason: ShortText,
}

/// A booked adjustment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Adjustment {
    /// Which.
    pub sku: Sku,
    /// Pieces that came or went.
    pub delta: i64,
    /// Why.
    pub reason: ShortText,
    /// Pieces in the store afterwards.
    pub on_hand: i64,
}

/// One entry of the journal of everything that moved stock (order-flow section 4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JournalEntry {
    /// Its place: send the last one as `after` to read on.
    pub cursor: String,
    /// `received`, `adjusted`, `held`, `confirmed`, `released`, `expired` or `returned`.
    pub kind: String,
    /// The order, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// Pieces by SKU.
    pub lines: BTreeMap<Sku, i64>,
}
