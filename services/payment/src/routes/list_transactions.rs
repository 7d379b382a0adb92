//! `GET /transactions`.

use axum::extract::State;
use estore_contract::{ErrorBody, Limit, Page, payment::Transaction};
use estore_kit::{
    Problem,
    auth::Caller,
    cursor,
    extract::{Json, Query},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{app::App, store::ledger};

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
    let before: Option<(u64, u64)> = params.cursor.as_deref().map(cursor::decode).transpose()?;
    let before = before.map(|(millis, n)| format!("{millis}-{n}"));
    // One more than asked for tells whether there is a next page.
    let mut items =
        ledger::list(&app.redis, caller.principal.user_id, before.as_deref(), params.limit.get() + 1).await?;
    let more = items.len() > params.limit.get();
    items.truncate(params.limit.get());
    let next_cursor =
        items.last().filter(|_| more).and_then(|last| place(&last.id)).map(|place| cursor::encode(&place));
    Ok(Json(Page { items, next_cursor }))
}

fn place(id: &str) -> Option<(u64, u64)> {
    let (millis, n) = id.split_once('-')?;
    Some((millis.parse().ok()?, n.parse().ok()?))
}
