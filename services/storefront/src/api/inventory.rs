//! The Inventory Service: the catalogue.

use estore_contract::{
    Currency, Page, Sku,
    inventory::{CategoryTree, Facets, Product},
    text::{Slug, Tag},
};
use serde::{Deserialize, Serialize};

use super::{ApiError, Call, Caller, Service, segment};

/// The calls to the Inventory Service.
#[derive(Clone, Copy)]
pub(crate) struct Inventory<'a>(pub(crate) Call<'a>);

/// An order of products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Sort {
    #[serde(rename = "relevance")]
    Relevance,
    #[serde(rename = "name")]
    Name,
    #[serde(rename = "price")]
    Cheapest,
    #[serde(rename = "-price")]
    Dearest,
    #[serde(rename = "-created_at")]
    Newest,
    /// By the units that are left, fewest first.
    #[serde(rename = "available")]
    Scarcest,
}

impl Sort {
    /// Every order.
    pub(crate) const ALL: [Self; 6] =
        [Self::Relevance, Self::Name, Self::Cheapest, Self::Dearest, Self::Newest, Self::Scarcest];

    /// Returns the name in queries.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Name => "name",
            Self::Cheapest => "price",
            Self::Dearest => "-price",
            Self::Newest => "-created_at",
            Self::Scarcest => "available",
        }
    }
}

/// The parameters of `GET /products` and `GET /facets`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct ProductQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) q: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) category: Option<Slug>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tag: Vec<Tag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) currency: Option<Currency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_price: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_price: Option<i64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) in_stock: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sort: Option<Sort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<String>,
}

impl ProductQuery {
    /// Returns the query of the same products without the parameters of a list's order and place.
    fn without_place(&self) -> Self {
        Self { sort: None, limit: None, cursor: None, ..self.clone() }
    }

    fn to_text(&self) -> String {
        // Plain data with scalar values, which always serializes.
        serde_html_form::to_string(self).unwrap_or_default()
    }
}

impl<'a> Inventory<'a> {
    pub(crate) fn new(caller: Caller<'a>) -> Self {
        Self(caller.to(Service::Inventory))
    }

    /// Lists products for sale.
    pub(crate) async fn products(&self, query: &ProductQuery) -> Result<Page<Product>, ApiError> {
        self.0.get(&format!("/products?{}", query.to_text())).await
    }

    /// Lists the products of which the fewest units are left. A replica of the release before does
    /// not know this order, and lists none.
    pub(crate) async fn scarcest(&self, in_stock: bool, limit: u32) -> Result<Vec<Product>, ApiError> {
        let (sort, limit) = (Some(Sort::Scarcest), Some(limit));
        match self.products(&ProductQuery { in_stock, sort, limit, ..ProductQuery::default() }).await {
            Ok(found) => Ok(found.items),
            Err(error) if error.is(422) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Counts the products of a list.
    pub(crate) async fn facets(&self, query: &ProductQuery) -> Result<Facets, ApiError> {
        self.0.get(&format!("/facets?{}", query.without_place().to_text())).await
    }

    /// Returns the products with these SKUs, in this order. Leaves out unknown and archived ones.
    pub(crate) async fn by_skus(&self, skus: &[Sku]) -> Result<Vec<Product>, ApiError> {
        if skus.is_empty() {
            return Ok(Vec::new());
        }
        let query: Vec<String> = skus.iter().map(|sku| format!("sku={sku}")).collect();
        let page: Page<Product> = self.0.get(&format!("/products?{}", query.join("&"))).await?;
        Ok(page.items)
    }

    /// Returns one product, archived ones too.
    pub(crate) async fn product(&self, sku: &Sku) -> Result<Product, ApiError> {
        self.0.get(&format!("/products/{}", segment(sku.as_str()))).await
    }

    /// Returns the tree of categories.
    pub(crate) async fn categories(&self) -> Result<CategoryTree, ApiError> {
        self.0.get("/categories").await
    }
}
