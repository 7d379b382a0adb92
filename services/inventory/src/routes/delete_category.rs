//! `DELETE /categories/{slug}`.

use std::slice::from_ref;

use axum::{extract::State, http::StatusCode};
use estore_contract::{ErrorBody, text::Slug};
use estore_server::{auth::Admin, extract::Path};

use crate::{Error, app::App, store::categories};

/// Removes a category that has no products for sale and no categories below it.
#[utoipa::path(delete, path = "/categories/{slug}", tag = "catalogue admin", security(("bearer" = [])), params(("slug" = Slug, Path, description = "The category")), responses(
    (status = 204, description = "Removed"),
    (status = 404, description = "No such thing", body = ErrorBody),
    (status = 409, description = "It has products or categories (`category_in_use`)", body = ErrorBody),
))]
pub(super) async fn delete_category(
    State(app): State<App>,
    _admin: Admin,
    Path(slug): Path<Slug>,
) -> Result<StatusCode, Error> {
    app.epoch.guard().await?;
    let outcome = categories::delete(&app.redis, &slug).await;
    app.catalogue.watch_tree(&app.redis, from_ref(&slug), outcome).await?;
    Ok(StatusCode::NO_CONTENT)
}
