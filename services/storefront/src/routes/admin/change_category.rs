//! `GET /admin/categories/{slug}` and `POST /admin/categories/{slug}`: one category, which the form
//! renames, moves or deletes.

use axum::{extract::Path, http::StatusCode, response::Response};
use estore_contract::{inventory::CategoryBody, text::Slug};
use serde::Deserialize;

use super::categories::{body, saved};
use crate::{
    Error,
    api::ApiError,
    catalogue::standing,
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
    /// The name and the parent of the category that the form showed.
    was_name: String,
    was_parent: String,
    /// Set by the button that deletes.
    delete: String,
}

/// Renames or moves a category only if nobody else did since the form was shown. The service checks
/// no version, so a change between the two calls is still overwritten.
pub(super) async fn change(
    Path(slug): Path<String>,
    Kept(owner, fields): Kept<Owner, Fields>,
) -> Result<Response, Error> {
    let slug = read(slug)?;
    let Fields { name, parent, was_name, was_parent, delete } = fields;
    let sent = Sent { name, parent, was_name, was_parent };
    let t = &Texts::of(owner.locale).admin.catalogue;
    let inventory = owner.inventory();
    let (result, flash) = if delete.is_empty() {
        let Some(body) = body(&sent.name, &sent.parent) else {
            let refused = (StatusCode::UNPROCESSABLE_ENTITY, sent, t.wrong.to_owned());
            return category::show(&owner, &slug, Some(refused)).await;
        };
        let now = standing(&inventory.categories().await?.items, &slug).ok_or(Error::NotFound)?;
        // A form whose answer was lost finds its own change.
        if now == body {
            return Ok(saved(&owner));
        }
        if (sent.was_name.as_str(), sent.was_parent.as_str()) != (now.name.as_str(), parent_of(&now)) {
            return show_conflict(&owner, &slug, sent, &now).await;
        }
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
            category::show(&owner, &slug, Some((status, sent, reason))).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Shows the form, and the category that somebody else changed. Only here does the form get what
/// stands now, so that the next attempt overwrites on purpose.
async fn show_conflict(
    owner: &Owner,
    slug: &Slug,
    mut sent: Sent,
    now: &CategoryBody,
) -> Result<Response, Error> {
    let t = &Texts::of(owner.locale).admin.catalogue;
    (sent.was_name, sent.was_parent) = (now.name.to_string(), parent_of(now).to_owned());
    let parent = if now.parent.is_some() { parent_of(now) } else { t.top };
    let reason = format!("{} {}: {}. {}: {parent}.", t.conflict, t.name, now.name, t.parent);
    category::show(owner, slug, Some((StatusCode::CONFLICT, sent, reason))).await
}

/// Returns the parent as the form has it: empty at the top.
fn parent_of(category: &CategoryBody) -> &str {
    category.parent.as_ref().map_or("", Slug::as_str)
}

fn read(slug: String) -> Result<Slug, Error> {
    Slug::try_from(slug).map_err(|_rule| Error::NotFound)
}
