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
    let before: Option<String> = params.cursor.as_deref().map(cursor::decode).transpose()?;
    if before.as_deref().is_some_and(|before| !is_entry(before)) {
        return Err(Problem::field("cursor", "is not a cursor of this list"));
    }
    let user = caller.principal.user_id;
    app.epoch.guard().await?;
    let found = ledger::list(&app.redis, user, before.as_deref(), params.limit.get() + 1).await?;
    Ok(Json(Page::cut(found, params.limit, |last| cursor::encode(&last.id))))
}

/// Whether `id` is one of an entry: milliseconds and a number.
fn is_entry(id: &str) -> bool {
    id.split_once('-').is_some_and(|(millis, n)| [millis, n].iter().all(|part| part.parse::<u64>().is_ok()))
}
