//! What the types cannot check of a product's description.

use estore_contract::{FieldError, inventory::ProductBody};
use estore_kit::extract::IfMatch;

use super::cached::version_in;
use crate::{Error, app::App, domain::Description, store::images};

/// Lengths, counts, and that the pictures are there.
pub(super) async fn check(app: &App, body: &ProductBody) -> Result<(), Error> {
    let (tags, images) = (body.tags.len(), body.images.len());
    let wrong = Description { text: &body.description, tags, images, attributes: &body.attributes }.wrong();
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    match images::missing(&app.redis, &body.images).await? {
        Some(_) => Err(Error::Invalid(vec![FieldError::new("images", "must name pictures that are there")])),
        None => Ok(()),
    }
}

/// The version that the client saw; `None` where any will do.
pub(super) fn version(condition: IfMatch) -> Result<Option<u64>, Error> {
    match condition {
        IfMatch::Absent => Err(Error::NoIfMatch),
        IfMatch::Any => Ok(None),
        // A tag that we never gave is no version that exists.
        IfMatch::Tags(tags) => tags.iter().find_map(|tag| version_in(tag)).map(Some).ok_or(Error::Changed),
    }
}
