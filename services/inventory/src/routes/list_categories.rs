//! `GET /categories`.

use axum::{extract::State, response::Response};
use estore_contract::{ErrorBody, inventory::CategoryTree};
use estore_kit::{Problem, extract::IfNoneMatch};

use super::cached;
use crate::{app::App, browser::Browser, store::categories};

/// The categories as a tree, with how many products for sale are in and below each.
#[utoipa::path(get, path = "/categories", tag = "catalogue", security(("bearer" = [])), responses(
    (status = 200, description = "The tree", body = CategoryTree),
    (status = 304, description = "As in `If-None-Match`"),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: try again", body = ErrorBody),
))]
pub(super) async fn list_categories(
    State(app): State<App>,
    _browser: Browser,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    if let Some(view) = app.catalogue.categories()? {
        return cached::answer_view(&known, &view);
    }
    let items = categories::tree(&app.redis).await?;
    cached::answer_hashed(&known, CategoryTree { items })
}
