//! `DELETE /me/sessions/{id}`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{ErrorBody, SessionId};
use estore_server::{auth::Caller, extract::Path};
use estore_stores::pg;

use crate::{Error, app::App, store::sessions};

/// Ends one of the caller's sessions, such as the one of a lost device. Its tokens stop working.
#[utoipa::path(delete, path = "/me/sessions/{id}", tag = "me", security(("bearer" = [])),
    params(("id" = SessionId, Path, description = "The session")), responses(
    (status = 204, description = "Ended"),
    (status = 404, description = "The caller has no such session", body = ErrorBody),
))]
pub(crate) async fn end_session(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<SessionId>,
) -> Result<StatusCode, Error> {
    let ended = sessions::end_one_of(&app.database, caller.principal.user_id, id, app.clock.now())
        .await
        .map_err(pg::CommitError::of_statement)?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(Error::NotFound) }
}
