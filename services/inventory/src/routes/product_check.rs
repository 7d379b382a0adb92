//! What the types cannot check of a product's description.

use estore_contract::{
    FieldError, Money, Sku,
    inventory::{Product, ProductBody},
};
use estore_kit::extract::IfMatch;

use super::cached::version_in;
use crate::{
    Error,
    app::App,
    domain::{Description, wrong_price},
    store::{catalog, images},
};

/// Checks lengths, counts, and that the pictures are there.
pub(super) async fn check(app: &App, body: &ProductBody) -> Result<(), Error> {
    check_named(app, body, &["description", "tags", "images", "attributes"]).await
}

/// Checks the same of the fields that a change names.
pub(super) async fn check_named(app: &App, body: &ProductBody, named: &[&str]) -> Result<(), Error> {
    let (tags, images) = (body.tags.len(), body.images.len());
    let mut wrong =
        Description { text: &body.description, tags, images, attributes: &body.attributes }.wrong();
    wrong.retain(|wrong| named.contains(&wrong.field.as_str()));
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let images = if named.contains(&"images") { body.images.as_slice() } else { &[] };
    match images::missing(&app.redis, images).await? {
        Some(_) => Err(Error::Invalid(vec![FieldError::new("images", "must name pictures that are there")])),
        None => Ok(()),
    }
}

/// Checks that a new price is in a currency that people can pay in.
pub(super) fn check_price(price: &Money) -> Result<(), Error> {
    wrong_price("price", price).map_or(Ok(()), |wrong| Err(Error::Invalid(vec![wrong])))
}

/// The version that a write may replace; `None` if any will do.
pub(super) async fn version(app: &App, sku: &Sku, condition: IfMatch) -> Result<Option<u64>, Error> {
    match condition {
        IfMatch::Absent => Err(Error::NoIfMatch),
        IfMatch::Any => Ok(None),
        tags @ IfMatch::Tags(_) => {
            let now = catalog::read(&app.redis, sku).await?;
            matches(&tags, &now).then_some(Some(now.version)).ok_or(Error::Changed)
        }
    }
}

/// Whether the client saw the product as it is described now.
pub(super) fn matches(condition: &IfMatch, now: &Product) -> bool {
    match condition {
        IfMatch::Absent => false,
        IfMatch::Any => true,
        IfMatch::Tags(tags) => tags.iter().any(|tag| version_in(&now.sku, tag) == Some(now.version)),
    }
}
