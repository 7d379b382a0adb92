//! `GET /admin/categories` and `POST /admin/categories`: the tree, and a new category.

use axum::{http::StatusCode, response::Response};
use estore_contract::{
    inventory::CategoryBody,
    text::{Slug, Title},
};
use serde::Deserialize;

use crate::{
    Error,
    api::ApiError,
    catalogue::standing,
    pages::{
        self,
        admin::categories::{self, Sent},
    },
    session::Flash,
    texts::{Texts, admin::refusal},
    web::{Kept, Owner},
};

pub(super) async fn show(owner: Owner) -> Result<Response, Error> {
    categories::show(&owner, Sent::default(), None).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    slug: String,
    name: String,
    parent: String,
}

pub(super) async fn create(Kept(owner, fields): Kept<Owner, Fields>) -> Result<Response, Error> {
    let t = &Texts::of(owner.locale).admin.catalogue;
    let read = Slug::try_from(fields.slug.trim().to_owned()).ok().zip(body(&fields.name, &fields.parent));
    let refused = match read {
        None => (StatusCode::UNPROCESSABLE_ENTITY, t.wrong.to_owned()),
        Some((slug, body)) => match standing(&owner.inventory().categories().await?.items, &slug) {
            // A form whose answer was lost finds its own category.
            Some(now) if now == body => return Ok(saved(&owner)),
            // The service would rename and move a category that exists.
            Some(_) => (StatusCode::CONFLICT, t.exists.to_owned()),
            None => match owner.inventory().put_category(&slug, &body).await {
                Ok(_written) => return Ok(saved(&owner)),
                Err(error @ ApiError::Answered(_)) if error.is(404) || error.is(422) => {
                    (StatusCode::UNPROCESSABLE_ENTITY, refusal(&error, owner.locale))
                }
                Err(error) => return Err(error.into()),
            },
        },
    };
    let Fields { slug, name, parent } = fields;
    categories::show(&owner, Sent { slug, name, parent }, Some(refused)).await
}

/// Reads a category's name and parent.
pub(super) fn body(name: &str, parent: &str) -> Option<CategoryBody> {
    let name = Title::try_from(name.trim().to_owned()).ok()?;
    let parent = match parent.trim() {
        "" => None,
        parent => Some(Slug::try_from(parent.to_owned()).ok()?),
    };
    Some(CategoryBody { name, parent })
}

/// Leads to the tree, which is as the form wants it.
pub(super) fn saved(owner: &Owner) -> Response {
    Flash::Saved.keep(&owner.jar);
    pages::go_to("/admin/categories")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn category_without_parent_is_at_the_top() {
        assert_eq!(body(" Mugs ", "").unwrap().parent, None);
        assert_eq!(body("Mugs", "kitchen").unwrap().parent.unwrap().as_str(), "kitchen");
        assert_eq!((body("", ""), body("Mugs", "Not A Slug")), (None, None));
    }
}
