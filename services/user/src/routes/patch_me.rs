//! `PATCH /me`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    user::{Profile, ProfilePatch},
};
use estore_kit::{auth::Caller, extract::Json};

use crate::{Error, app::App, store::users};

/// Changes the caller's own account: what is left out stays, also of the address; `null` clears.
#[utoipa::path(patch, path = "/me", tag = "me", security(("bearer" = [])), request_body(content((ProfilePatch = "application/json"), (ProfilePatch = "application/merge-patch+json"))), responses(
    (status = 200, description = "The account as it is now", body = Profile),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 413, description = "Too large", body = ErrorBody),
    (status = 415, description = "Neither `application/merge-patch+json` nor `application/json`", body = ErrorBody),
    (status = 422, description = "A field is unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done; try again", body = ErrorBody),
))]
pub(crate) async fn patch_me(
    State(app): State<App>,
    caller: Caller,
    Json(patch): Json<ProfilePatch>,
) -> Result<Json<Profile>, Error> {
    let (id, now) = (caller.principal.user_id, app.clock.now());
    let mut transaction = app.database.begin().await?;
    let kept = users::lock(&mut transaction, id).await?.ok_or(Error::NotFound)?.profile.shipping_address;
    let change = patch.shipping_address.clone().flatten();
    let address = change.map(|change| change.onto(kept)).transpose().map_err(Error::Invalid)?;
    let user = users::patch_profile(&mut *transaction, id, &patch, address.as_ref(), now).await?;
    transaction.commit().await?;
    Ok(Json(user.ok_or(Error::NotFound)?.profile))
}
