//! `PATCH /me`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    user::{Profile, ProfilePatch},
};
use estore_kit::{auth::Caller, extract::Json};

use crate::{Error, app::App, store::users};

/// Changes the caller's own account: what is left out stays, `null` clears.
#[utoipa::path(patch, path = "/me", tag = "me", security(("bearer" = [])), request_body = ProfilePatch, responses(
    (status = 200, description = "The account as it is now", body = Profile),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 413, description = "Too large", body = ErrorBody),
    (status = 415, description = "Not `application/json`", body = ErrorBody),
    (status = 422, description = "A field is unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done; try again", body = ErrorBody),
))]
pub(crate) async fn patch_me(
    State(app): State<App>,
    caller: Caller,
    Json(patch): Json<ProfilePatch>,
) -> Result<Json<Profile>, Error> {
    let user = users::patch_profile(&app.database, caller.principal.user_id, &patch, app.clock.now()).await?;
    Ok(Json(user.ok_or(Error::NotFound)?.profile))
}
