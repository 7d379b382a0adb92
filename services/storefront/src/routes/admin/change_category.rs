//! `GET /admin/categories/{slug}` and `POST /admin/categories/{slug}`: one category, which the form
//! renames, moves or deletes.

use axum::{extract::Path, http::StatusCode, response::Response};
use estore_contract::text::Slug;
use serde::Deserialize;

use super::categories::body;
use crate::{
    Error,
    api::ApiError,
    pages::{
        self,
        admin::category::{self, Sent},
    },
    session::Flash,
    texts::{Texts, admin::refusal},
    web::{Kept, Owner},
};

pub(super) async fn show(owner: Owner, Path(slug): Path<String>) -> Result<Response, Error> {
    category::show(&owner, &read(slug)?, None).await
}

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
    Kept(Fields { name, parent, delete }): Kept<Fields>,
) -> Result<Response, Error> {
    let slug = read(slug)?;
    let t = &Texts::of(owner.locale).admin.catalogue;
    let inventory = owner.inventory();
    let (result, flash) = if delete.is_empty() {
        let Some(body) = body(&name, &parent) else {
            let sent = (StatusCode::UNPROCESSABLE_ENTITY, Sent { name, parent }, t.wrong.to_owned());
            return category::show(&owner, &slug, Some(sent)).await;
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
            let status = if error.is(422) { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
            let sent = (status, Sent { name, parent }, reason);
            category::show(&owner, &slug, Some(sent)).await
        }
        Err(error) => Err(error.into()),
    }
}

fn read(slug: String) -> Result<Slug, Error> {
    Slug::try_from(slug).map_err(|_rule| Error::NotFound)
}
