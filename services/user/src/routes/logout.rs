//! `POST /logout`.

use axum::{extract::State, http::StatusCode};
use estore_contract::ErrorBody;
use estore_kit::auth::Caller;

use crate::{Error, app::App, store::sessions};

/// Ends this session: its tokens are dead.
#[utoipa::path(post, path = "/logout", tag = "sessions", security(("bearer" = [])), responses(
    (status = 204, description = "Logged out"),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 503, description = "Nothing was done; try again", body = ErrorBody),
))]
pub(crate) async fn logout(State(app): State<App>, caller: Caller) -> Result<StatusCode, Error> {
    sessions::end(&app.database, caller.principal.session_id, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
