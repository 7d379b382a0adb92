//! `GET /tags`.

use axum::{extract::State, response::Response};
use estore_contract::inventory::TagList;
use estore_server::{Problem, extract::IfNoneMatch};

use crate::{app::App, browser::Browser, cached, store::categories};

/// Lists the tags, with the number of products for sale that have each.
#[utoipa::path(get, path = "/tags", tag = "catalogue", security(("bearer" = [])), responses(
    (status = 200, description = "The tags, by name", body = TagList),
    (status = 304, description = "The ETag matches `If-None-Match`"),
))]
pub(super) async fn list_tags(
    State(app): State<App>,
    _browser: Browser,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    if let Some(view) = app.catalogue.tags()? {
        return cached::answer_view(&known, &view);
    }
    let items = categories::tags(&app.redis).await?;
    cached::answer_hashed(&known, TagList { items })
}
