//! `GET /tags`.

use axum::{extract::State, response::Response};
use estore_contract::{ErrorBody, inventory::TagList};
use estore_kit::{Problem, extract::IfNoneMatch};

use super::cached;
use crate::{app::App, browser::Browser, store::categories};

/// The tags, with how many products for sale carry each.
#[utoipa::path(get, path = "/tags", tag = "catalogue", security(("bearer" = [])), responses(
    (status = 200, description = "The tags, by name", body = TagList),
    (status = 304, description = "As in `If-None-Match`"),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: try again", body = ErrorBody),
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
