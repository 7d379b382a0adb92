//! `PUT /categories/{slug}`.

use std::slice::from_ref;

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    inventory::{CategoryBody, CategoryWritten},
    text::Slug,
};
use estore_server::{
    auth::Admin,
    extract::{Json, Path},
};

use crate::{Error, app::App, store::categories};

/// Adds a category, or renames or moves it.
///
/// The categories below it move with it. The tree has at most 16 levels.
#[utoipa::path(put, path = "/categories/{slug}", tag = "catalogue admin", security(("bearer" = [])), request_body = CategoryBody,
    params(("slug" = Slug, Path, description = "The category")), responses(
    (status = 200, description = "Written", body = CategoryWritten),
    (status = 400, description = "Not JSON, or a header is missing", body = ErrorBody),
    (status = 404, description = "No such thing", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn put_category(
    State(app): State<App>,
    _admin: Admin,
    Path(slug): Path<Slug>,
    Json(body): Json<CategoryBody>,
) -> Result<Json<CategoryWritten>, Error> {
    app.epoch.guard().await?;
    let outcome = categories::write(&app.redis, &slug, &body.name, body.parent.as_ref()).await;
    app.catalogue.watch_tree(&app.redis, from_ref(&slug), outcome).await?;
    Ok(Json(CategoryWritten { slug, name: body.name, parent: body.parent }))
}
