//! `DELETE /internal/catalog/products/{sku}` and `DELETE /internal/catalog/categories/{slug}`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{ErrorBody, Sku, text::Slug};
use estore_kit::{
    auth::{Peer, peers::Bootstrap},
    extract::Path,
};

use crate::{
    Error,
    app::App,
    store::{
        catalog::{self, Archived},
        categories,
    },
};

/// Takes a product off sale; it is kept, as orders name it. The same answer to a repeat, and where there never was one.
#[utoipa::path(delete, path = "/internal/catalog/products/{sku}", tag = "catalogue", security(("peer" = ["bootstrap"])),
    params(("sku" = Sku, Path, description = "The product")), responses(
    (status = 204, description = "Archived, now or before, or never there"),
    (status = 403, description = "Not allowed", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: try again", body = ErrorBody),
))]
pub(super) async fn product(
    State(app): State<App>,
    _peer: Peer<Bootstrap>,
    Path(sku): Path<Sku>,
) -> Result<StatusCode, Error> {
    let outcome = catalog::archive(&app.redis, &sku, Archived::Withdrawn).await;
    let outcome = app.catalogue.watch(&sku, outcome);
    if outcome.is_ok() {
        app.catalogue.written_many(&app.redis, &[sku]).await;
    }
    gone(outcome)
}

/// Removes a category that has no products for sale and nothing below it. The same answer to a repeat.
#[utoipa::path(delete, path = "/internal/catalog/categories/{slug}", tag = "catalogue", security(("peer" = ["bootstrap"])),
    params(("slug" = Slug, Path, description = "The category")), responses(
    (status = 204, description = "Removed, now or before"),
    (status = 403, description = "Not allowed", body = ErrorBody),
    (status = 409, description = "It has products or categories (`category_in_use`)", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: try again", body = ErrorBody),
))]
pub(super) async fn category(
    State(app): State<App>,
    _peer: Peer<Bootstrap>,
    Path(slug): Path<Slug>,
) -> Result<StatusCode, Error> {
    gone(app.catalogue.watch_tree(&app.redis, categories::delete(&app.redis, &slug).await).await)
}

fn gone(outcome: Result<(), Error>) -> Result<StatusCode, Error> {
    match outcome {
        Ok(()) | Err(Error::NotFound) => Ok(StatusCode::NO_CONTENT),
        Err(error) => Err(error),
    }
}
