//! `GET /transactions`.

use axum::extract::State;
use estore_contract::{Code, ErrorBody, Limit, Page, UserId, introspection::Role, payment::Transaction};
use estore_server::{
    Problem,
    auth::Caller,
    cursor::Cursor,
    extract::{Json, Query},
};
use estore_stores::redis::StreamId;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{app::App, store::ledger};

const CURSOR: Cursor<StreamId> = Cursor::of("transactions");

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// For admins: the entries of this user instead of the caller's own.
    user_id: Option<UserId>,
    /// Maximum number of entries.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// Lists the caller's ledger entries, newest first; for an admin who names a user, that user's.
#[utoipa::path(get, path = "/transactions", tag = "ledger", security(("bearer" = [])), params(Params), responses(
    (status = 200, description = "Entries", body = Page<Transaction>),
    (status = 403, description = "Only an admin may ask for a user", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn list_transactions(
    State(app): State<App>,
    caller: Caller,
    Query(params): Query<Params>,
) -> Result<Json<Page<Transaction>>, Problem> {
    let before = CURSOR.read(params.cursor.as_deref())?;
    let own = caller.principal.user_id;
    let user = params.user_id.unwrap_or(own);
    if user != own && caller.principal.role != Role::Admin {
        return Err(Problem::new(Code::Forbidden, "Only an admin may see the ledger of other users."));
    }
    app.epoch.guard().await?;
    let found = ledger::list(&app.redis, user, before, params.limit.get() + 1).await?;
    let page = Page::cut(found, params.limit, |(id, _)| CURSOR.encode(id));
    Ok(Json(page.map(|(_, entry)| entry)))
}
