//! `POST /logout`.

use axum::{extract::State, http::StatusCode};
use estore_server::auth::Caller;
use estore_stores::pg;

use crate::{Error, app::App, store::sessions};

/// Ends this session. Its tokens stop working.
#[utoipa::path(post, path = "/logout", tag = "sessions", security(("bearer" = [])), responses(
    (status = 204, description = "Logged out"),
))]
pub(crate) async fn logout(State(app): State<App>, caller: Caller) -> Result<StatusCode, Error> {
    sessions::end(&app.database, caller.principal.session_id, app.clock.now())
        .await
        .map_err(pg::CommitError::of_statement)?;
    Ok(StatusCode::NO_CONTENT)
}
