//! What the types cannot check of a product's description.

use estore_contract::{FieldError, inventory::ProductBody};
use estore_kit::extract::IfMatch;

use super::cached::version_in;
use crate::{Error, app::App, store::images};

/// Lengths, counts, and that the pictures are there.
pub(super) async fn check(app: &App, body: &ProductBody) -> Result<(), Error> {
    let mut wrong = Vec::new();
    let mut rule = |holds: bool, field: &str, message: &str| {
        if !holds {
            wrong.push(FieldError::new(field, message));
        }
    };
    rule(body.description.chars().count() <= 5000, "description", "must have at most 5000 characters");
    rule(!body.description.contains('\0'), "description", "must not contain NUL");
    rule(body.price.amount >= 0, "price.amount", "must not be negative");
    rule(body.tags.len() <= 20, "tags", "must have at most 20 items");
    rule(body.images.len() <= 10, "images", "must have at most 10 items");
    rule(body.attributes.len() <= 30, "attributes", "must have at most 30 entries");
    let short = |text: &str| text.chars().count() <= 200 && !text.chars().any(char::is_control);
    let facts = body.attributes.iter().all(|(name, value)| !name.is_empty() && short(name) && short(value));
    rule(
        facts,
        "attributes",
        "must have names and values of at most 200 characters, without control characters",
    );
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
