//! `GET /transactions`.

use axum::extract::State;
use estore_contract::{ErrorBody, Limit, Page, payment::Transaction};
use estore_kit::{
    Problem,
    auth::Caller,
    cursor::Cursor,
    extract::{Json, Query},
    redis::StreamId,
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{app::App, store::ledger};

const CURSOR: Cursor<StreamId> = Cursor::of("transactions");

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// How many.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The caller's entries in the ledger, newest first.
#[utoipa::path(get, path = "/transactions", tag = "ledger", security(("bearer" = [])), params(Params), responses(
    (status = 200, description = "Entries", body = Page<Transaction>),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: repeat with the same key", body = ErrorBody),
))]
pub(super) async fn list_transactions(
    State(app): State<App>,
    caller: Caller,
    Query(params): Query<Params>,
) -> Result<Json<Page<Transaction>>, Problem> {
    let before = CURSOR.read(params.cursor.as_deref())?;
    let user = caller.principal.user_id;
    app.epoch.guard().await?;
    let found = ledger::list(&app.redis, user, before, params.limit.get() + 1).await?;
    let page = Page::cut(found, params.limit, |(id, _)| CURSOR.encode(id));
    Ok(Json(page.map(|(_, entry)| entry)))
}
