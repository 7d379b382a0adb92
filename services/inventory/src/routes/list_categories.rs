//! `GET /categories`.

use axum::{extract::State, response::Response};
use estore_contract::inventory::CategoryTree;
use estore_server::{Problem, extract::IfNoneMatch};

use crate::{app::App, browser::Browser, cached, store::categories};

/// Returns the tree of categories, with the number of products for sale in and below each.
#[utoipa::path(get, path = "/categories", tag = "catalogue", security(("bearer" = [])), responses(
    (status = 200, description = "The tree", body = CategoryTree),
    (status = 304, description = "The ETag matches `If-None-Match`"),
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
