//! Writes of products: the checks that types cannot make, the version that a write replaces, and
//! the answer.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use estore_contract::{
    FieldError, Money, Sku,
    inventory::{Product, ProductBody, ProductStatus},
};
use estore_server::{
    Problem,
    extract::{IfMatch, Json},
};

use crate::{
    Error,
    app::App,
    cached::{edition_in, product_tag},
    domain::{Description, Edition, wrong_price},
    store::{catalog, images},
};

/// Checks lengths and counts, and that the images exist.
pub(crate) async fn check(app: &App, body: &ProductBody) -> Result<(), Error> {
    check_named(app, body, &["description", "tags", "images", "attributes"]).await
}

/// Checks only the fields that a change names.
pub(crate) async fn check_named(app: &App, body: &ProductBody, named: &[&str]) -> Result<(), Error> {
    let (tags, images) = (body.tags.len(), body.images.len());
    let mut wrong =
        Description { text: &body.description, tags, images, attributes: &body.attributes }.wrong();
    wrong.retain(|wrong| named.contains(&wrong.field.as_str()));
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let images = if named.contains(&"images") { body.images.as_slice() } else { &[] };
    match images::missing(&app.redis, images).await? {
        Some(_) => Err(Error::Invalid(vec![FieldError::new("images", "must name uploaded pictures")])),
        None => Ok(()),
    }
}

/// Checks that a new price is in a currency in circulation.
pub(crate) fn check_price(price: &Money) -> Result<(), Error> {
    wrong_price("price", price).map_or(Ok(()), |wrong| Err(Error::Invalid(vec![wrong])))
}

/// Returns the version that a write may replace, or `None` for any version.
pub(crate) async fn version(app: &App, sku: &Sku, condition: IfMatch) -> Result<Option<u64>, Error> {
    match condition {
        IfMatch::Absent => Err(Error::NoIfMatch),
        IfMatch::Any => Ok(None),
        tags @ IfMatch::Tags(_) => {
            let now = catalog::read(&app.redis, sku).await?;
            matches(&tags, &now).then_some(Some(now.version)).ok_or(Error::Changed)
        }
    }
}

/// Returns the version that an archiving may replace, as [`version`] does. A repeat of the request
/// that archived the product names the version before.
pub(crate) async fn version_to_archive(
    app: &App,
    sku: &Sku,
    condition: IfMatch,
) -> Result<Option<u64>, Error> {
    let IfMatch::Tags(tags) = &condition else { return version(app, sku, condition).await };
    let now = catalog::read(&app.redis, sku).await?;
    let is_repeat = now.status == ProductStatus::Archived
        && tags.iter().any(|tag| edition_in(sku, tag).is_some_and(|seen| seen.version + 1 == now.version));
    if is_repeat || matches(&condition, &now) { Ok(Some(now.version)) } else { Err(Error::Changed) }
}

/// Reports whether the client saw the current description of the product.
pub(crate) fn matches(condition: &IfMatch, now: &Product) -> bool {
    match condition {
        IfMatch::Absent => false,
        IfMatch::Any => true,
        IfMatch::Tags(tags) => tags.iter().any(|tag| edition_in(&now.sku, tag) == Some(Edition::of(now))),
    }
}

/// Returns the current product, with its entity tag.
pub(crate) async fn answer(app: &App, sku: &Sku) -> Result<Response, Problem> {
    let product = app.catalogue.written(&app.redis, sku).await?;
    let tag = HeaderValue::try_from(product_tag(&product)).map_err(Problem::internal)?;
    Ok(([(header::ETAG, tag)], Json(product)).into_response())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalogue::page_tag;

    fn updated_at(time: &str) -> Product {
        serde_json::from_value(json!({
            "sku": "A", "name": "Mug", "description": "", "price": {"amount": 5, "currency": "USD"},
            "category": "c", "tags": [], "images": [], "attributes": {}, "available": 1,
            "status": "active", "version": 6, "created_at": "2026-01-01T00:00:00Z", "updated_at": time
        }))
        .unwrap()
    }

    #[test]
    fn repeated_version_has_another_tag() {
        let (older, newer) = (updated_at("2026-01-02T00:00:00.001Z"), updated_at("2026-01-02T00:00:00.002Z"));
        let condition = IfMatch::Tags(vec![product_tag(&older).trim_matches('"').to_owned()]);
        assert!(matches(&condition, &older) && !matches(&condition, &newer));
        assert_ne!(product_tag(&older), product_tag(&newer));
        assert_ne!(page_tag(&[older], None), page_tag(&[newer], None));
    }
}
