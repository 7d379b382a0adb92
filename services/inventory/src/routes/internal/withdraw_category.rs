//! `DELETE /internal/catalog/categories/{slug}`.

use std::slice::from_ref;

use axum::{extract::State, http::StatusCode};
use estore_contract::{ErrorBody, text::Slug};
use estore_server::{
    auth::{Peer, peers::Bootstrap},
    extract::Path,
};

use crate::{Error, app::App, store::categories};

/// Removes a category that has no products for sale and no categories below it.
///
/// A repeat gets the same answer.
#[utoipa::path(delete, path = "/internal/catalog/categories/{slug}", tag = "catalogue", security(("peer" = ["bootstrap"])),
    operation_id = "category", params(("slug" = Slug, Path, description = "The category")), responses(
    (status = 204, description = "Removed, now or before"),
    (status = 409, description = "It has products or categories (`category_in_use`)", body = ErrorBody),
))]
pub(super) async fn withdraw_category(
    State(app): State<App>,
    _peer: Peer<Bootstrap>,
    Path(slug): Path<Slug>,
) -> Result<StatusCode, Error> {
    app.epoch.guard().await?;
    let outcome = categories::delete(&app.redis, &slug).await;
    match app.catalogue.watch_tree(&app.redis, from_ref(&slug), outcome).await {
        Ok(()) | Err(Error::NotFound) => Ok(StatusCode::NO_CONTENT),
        Err(error) => Err(error),
    }
}
