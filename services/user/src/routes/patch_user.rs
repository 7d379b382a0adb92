//! `PATCH /users/{id}`.

use axum::extract::State;
use estore_contract::{
    ErrorBody, UserId,
    introspection::Role,
    user::{Profile, UserPatch, UserStatus},
};
use estore_server::{
    auth::Admin,
    extract::{Json, Path},
};
use estore_stores::pg;

use crate::{
    Error, accounts,
    app::App,
    store::{sessions, users},
};

/// Changes the role or the status of an account.
///
/// Disabling ends every session, and makes the links in emails that are still waiting to be pressed
/// invalid.
#[utoipa::path(patch, path = "/users/{id}", tag = "admin", security(("bearer" = [])), params(("id" = UserId, Path, description = "The account")),
    request_body(content((UserPatch = "application/json"), (UserPatch = "application/merge-patch+json"))), responses(
    (status = 200, description = "The account as it is now", body = Profile),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 404, description = "No such account", body = ErrorBody),
    (status = 409, description = "Nobody can demote or disable themselves (`last_admin`)", body = ErrorBody),
    (status = 422, description = "A field is unknown or not valid", body = ErrorBody),
))]
pub(crate) async fn patch_user(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<UserId>,
    Json(patch): Json<UserPatch>,
) -> Result<Json<Profile>, Error> {
    let weakens = patch.role == Some(Role::Customer) || patch.status == Some(UserStatus::Disabled);
    if id == admin.principal.user_id && weakens {
        return Err(Error::LastAdmin);
    }
    let now = app.clock.now();
    let mut transaction = pg::begin(&app.database).await?;
    // The lock makes all admins take turns. An admin who is demoted or disabled first can change no
    // account afterwards, so one admin remains.
    let admins = users::lock_admins(&mut transaction).await?;
    if !sessions::hold(&mut *transaction, admin.principal.session_id, now).await? {
        return Err(Error::SessionEnded);
    }
    if !admins.contains(&admin.principal.user_id) {
        return Err(Error::NotAdmin);
    }
    let user = users::patch_account(&mut *transaction, id, &patch, now).await?.ok_or(Error::NotFound)?;
    if user.profile.status == UserStatus::Disabled {
        accounts::end_sessions_and_links(&mut transaction, id, None, now).await?;
    }
    pg::commit(transaction).await?;
    tracing::info!(admin = %admin.principal.user_id, user = %id, ?patch, "account changed by an admin");
    Ok(Json(user.profile))
}
