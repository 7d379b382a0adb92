//! The catalogue, as an admin changes it.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use bytes::Bytes;
use estore_contract::{
    Currency, Page, Sku,
    inventory::{
        Adjustment, AdjustmentBody, CategoryBody, CategoryWritten, NewProduct, PriceHistory, Product,
        ProductPatch, ProductStatus, Stock, UploadedImage,
    },
    text::{Slug, Tag},
};
use serde::Serialize;

use super::query;
use crate::api::{ApiError, Inventory, Service, Sort, segment};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The parameters of the list of products, archived ones too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct CatalogueQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) q: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) category: Option<Slug>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tag: Option<Tag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) currency: Option<Currency>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) in_stock: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<ProductStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sort: Option<Sort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<String>,
}

/// A product with its entity tag, which a change must name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tagged {
    pub(crate) product: Product,
    pub(crate) tag: String,
}

/// The type of a picture that can be uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PictureType {
    Png,
    Jpeg,
    Webp,
    Avif,
    Svg,
}

impl PictureType {
    /// Returns the content type.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Avif => "image/avif",
            Self::Svg => "image/svg+xml",
        }
    }
}

impl Inventory<'_> {
    /// Lists products, archived ones if the query asks for them.
    pub(crate) async fn catalogue(&self, of: &CatalogueQuery) -> Result<Page<Product>, ApiError> {
        self.0.get(&format!("/products?{}", query(of))).await
    }

    /// Returns a product with its entity tag.
    pub(crate) async fn tagged(&self, sku: &Sku) -> Result<Tagged, ApiError> {
        let path = format!("/products/{}", segment(sku.as_str()));
        let answer = self.0.exchange(Method::GET, &path, HeaderMap::new(), Bytes::new()).await?;
        let tag = answer.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        let product = serde_json::from_slice(answer.body()).ok();
        let tagged = tag.zip(product).map(|(tag, product)| Tagged { product, tag });
        tagged.ok_or(ApiError::Away(Service::Inventory))
    }

    pub(crate) async fn create_product(&self, new: &NewProduct) -> Result<Product, ApiError> {
        self.0.send(Method::POST, "/products", new).await
    }

    /// Changes a product unless it has changed since it had this entity tag.
    pub(crate) async fn patch_product(
        &self,
        sku: &Sku,
        tag: &str,
        change: &ProductPatch,
    ) -> Result<Product, ApiError> {
        let path = format!("/products/{}", segment(sku.as_str()));
        self.0.send_with(Method::PATCH, &path, if_match(tag), change).await
    }

    /// Takes a product off sale.
    pub(crate) async fn archive_product(&self, sku: &Sku, tag: &str) -> Result<(), ApiError> {
        let path = format!("/products/{}", segment(sku.as_str()));
        self.0.exchange(Method::DELETE, &path, if_match(tag), Bytes::new()).await.map(drop)
    }

    pub(crate) async fn stock(&self, sku: &Sku) -> Result<Stock, ApiError> {
        self.0.get(&format!("/products/{}/stock", segment(sku.as_str()))).await
    }

    /// Books units once for each key.
    pub(crate) async fn adjust_stock(
        &self,
        sku: &Sku,
        key: &str,
        body: &AdjustmentBody,
    ) -> Result<Adjustment, ApiError> {
        let path = format!("/products/{}/stock/adjustments", segment(sku.as_str()));
        self.0.send_with(Method::POST, &path, idempotency_key(key), body).await
    }

    pub(crate) async fn price_history(&self, sku: &Sku) -> Result<PriceHistory, ApiError> {
        self.0.get(&format!("/products/{}/price-history", segment(sku.as_str()))).await
    }

    pub(crate) async fn upload_image(
        &self,
        kind: PictureType,
        data: Bytes,
    ) -> Result<UploadedImage, ApiError> {
        let kind = HeaderValue::from_static(kind.as_str());
        let headers = [(header::CONTENT_TYPE, kind)].into_iter().collect();
        let answer = self.0.exchange(Method::POST, "/images", headers, data).await?;
        serde_json::from_slice(answer.body()).map_err(|_invalid| ApiError::Away(Service::Inventory))
    }

    /// Adds a category, or renames or moves it.
    pub(crate) async fn put_category(
        &self,
        slug: &Slug,
        body: &CategoryBody,
    ) -> Result<CategoryWritten, ApiError> {
        self.0.send(Method::PUT, &format!("/categories/{}", segment(slug.as_str())), body).await
    }

    pub(crate) async fn delete_category(&self, slug: &Slug) -> Result<(), ApiError> {
        self.0.ask(Method::DELETE, &format!("/categories/{}", segment(slug.as_str()))).await
    }
}

/// Returns the header that names the entity tag. A text that cannot be one names none that the
/// product has.
fn if_match(tag: &str) -> HeaderMap {
    let tag = HeaderValue::from_str(tag).unwrap_or(HeaderValue::from_static("\"\""));
    [(header::IF_MATCH, tag)].into_iter().collect()
}

/// Returns the header with the key of a write. The service refuses a write whose key is missing.
pub(super) fn idempotency_key(key: &str) -> HeaderMap {
    HeaderValue::from_str(key).ok().map(|key| (IDEMPOTENCY_KEY, key)).into_iter().collect()
}
