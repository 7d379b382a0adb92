//! `POST /admin/categories/{slug}`: renames, moves or deletes a category.

use axum::{extract::Path, http::StatusCode, response::Response};
use estore_contract::text::Slug;
use serde::Deserialize;

use super::categories::body;
use crate::{
    Error,
    api::ApiError,
    pages::{
        self,
        admin::categories::{self, Sent},
    },
    session::Flash,
    texts::{Texts, admin::refusal},
    web::{Owner, Post},
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    name: String,
    parent: String,
    /// Set by the button that deletes.
    delete: String,
}

pub(super) async fn change(
    owner: Owner,
    Path(slug): Path<String>,
    Post(fields): Post<Fields>,
) -> Result<Response, Error> {
    let slug = Slug::try_from(slug).map_err(|_rule| Error::NotFound)?;
    let t = &Texts::of(owner.locale).admin.catalogue;
    let inventory = owner.inventory();
    let (result, flash) = if fields.delete.is_empty() {
        let Some(body) = body(&fields.name, &fields.parent) else {
            let reason = (StatusCode::UNPROCESSABLE_ENTITY, t.wrong.to_owned());
            return categories::show(&owner, Sent::default(), Some(reason)).await;
        };
        (inventory.put_category(&slug, &body).await.map(|_written| ()), Flash::Saved)
    } else {
        (inventory.delete_category(&slug).await, Flash::CategoryDeleted)
    };
    match result {
        Ok(()) => {
            flash.keep(&owner.jar);
            Ok(pages::go_to("/admin/categories"))
        }
        Err(error @ ApiError::Answered(_)) if [404, 409, 422].iter().any(|status| error.is(*status)) => {
            let reason = match error.field("parent") {
                Some(_) => t.own_child.to_owned(),
                None => refusal(&error, owner.locale),
            };
            categories::show(&owner, Sent::default(), Some((StatusCode::CONFLICT, reason))).await
        }
        Err(error) => Err(error.into()),
    }
}
