//! `GET /me`.

use axum::extract::State;
use estore_contract::{ErrorBody, user::Profile};
use estore_kit::{auth::Caller, extract::Json};

use crate::{Error, app::App, store::users};

/// The caller's own account.
#[utoipa::path(get, path = "/me", tag = "me", security(("bearer" = [])), responses(
    (status = 200, description = "The account", body = Profile),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 503, description = "Try again", body = ErrorBody),
))]
pub(crate) async fn get_me(State(app): State<App>, caller: Caller) -> Result<Json<Profile>, Error> {
    let user = users::by_id(&app.database, caller.principal.user_id).await?.ok_or(Error::NotFound)?;
    Ok(Json(user.profile))
}
