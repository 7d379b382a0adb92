//! The custom resources: the catalogue of a shop, with one object for each entry.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A product for sale. Deleting the object archives the product, because orders refer to it.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[kube(
    group = "shop.estore.dev",
    version = "v1alpha1",
    kind = "Product",
    namespaced,
    status = "CatalogStatus",
    shortname = "prod",
    category = "estore",
    doc = "A product that the Inventory Service sells.",
    printcolumn = r#"{"name":"SKU","type":"string","jsonPath":".spec.sku"}"#,
    printcolumn = r#"{"name":"Price","type":"integer","jsonPath":".spec.price.amount"}"#,
    printcolumn = r#"{"name":"Currency","type":"string","jsonPath":".spec.price.currency"}"#,
    printcolumn = r#"{"name":"Ready","type":"string","jsonPath":".status.conditions[?(@.type=='Ready')].status"}"#,
    printcolumn = r#"{"name":"Reason","type":"string","jsonPath":".status.conditions[?(@.type=='Ready')].reason","priority":1}"#,
    printcolumn = r#"{"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}"#
)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProductSpec {
    /// The stock keeping unit, which orders name; it cannot be changed.
    #[schemars(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"), length(max = 64))]
    #[x_kube(validation = Rule::new("self == oldSelf").message("a SKU cannot be changed; create another product"))]
    pub sku: String,
    /// The display name.
    #[schemars(regex(pattern = r"^\S(.*\S)?$"), length(min = 1, max = 200))]
    pub name: String,
    /// The description.
    #[schemars(length(max = 5000))]
    pub description: String,
    /// The price.
    pub price: Price,
    /// The slug of its category.
    #[schemars(regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"), length(max = 64))]
    pub category: String,
    /// Words to find it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20), inner(regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"), length(max = 40)))]
    pub tags: Vec<String>,
    /// The picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Picture>,
    /// Attributes of the product, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// The initial stock in units; ignored later, when stock changes by adjustments.
    #[serde(default)]
    #[schemars(range(max = 1_000_000))]
    pub stock: u32,
}

/// An amount in the minor unit of a currency.
#[derive(JsonSchema, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Price {
    /// Minor units (cents, or the yen itself).
    #[schemars(range(min = 0_i64, max = 999_999_999_999_i64))]
    pub amount: i64,
    /// The code of ISO 4217.
    #[schemars(regex(pattern = r"^[A-Z]{3}$"))]
    pub currency: String,
}

/// A new picture, or one that the shop has already.
#[derive(JsonSchema, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Picture {
    /// The file name, such as `mug.svg`; one of svg, png, jpg, jpeg and webp.
    #[schemars(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._-]*\.(svg|png|jpg|jpeg|webp)$"), length(max = 100))]
    pub name: String,
    /// The bytes in base64; omitted for a picture that the shop has already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1_000_000))]
    pub data: Option<String>,
}

/// A category of products.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[kube(
    group = "shop.estore.dev",
    version = "v1alpha1",
    kind = "Category",
    plural = "categories",
    namespaced,
    status = "CatalogStatus",
    shortname = "cat",
    category = "estore",
    doc = "A category of the Inventory Service's products.",
    printcolumn = r#"{"name":"Slug","type":"string","jsonPath":".spec.slug"}"#,
    printcolumn = r#"{"name":"Parent","type":"string","jsonPath":".spec.parent"}"#,
    printcolumn = r#"{"name":"Ready","type":"string","jsonPath":".status.conditions[?(@.type=='Ready')].status"}"#,
    printcolumn = r#"{"name":"Reason","type":"string","jsonPath":".status.conditions[?(@.type=='Ready')].reason","priority":1}"#,
    printcolumn = r#"{"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}"#
)]
#[serde(deny_unknown_fields)]
pub(crate) struct CategorySpec {
    /// The name in paths; it cannot be changed.
    #[schemars(regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"), length(max = 64))]
    #[x_kube(validation = Rule::new("self == oldSelf").message("a slug cannot be changed; create another category"))]
    pub slug: String,
    /// The display name.
    #[schemars(regex(pattern = r"^\S(.*\S)?$"), length(min = 1, max = 200))]
    pub name: String,
    /// The slug of the parent category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"), length(max = 64))]
    pub parent: Option<String>,
}

/// The state of an entry of the catalogue.
#[derive(JsonSchema, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CatalogStatus {
    /// The generation that this status describes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// `Ready`: the shop matches the object.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
}
