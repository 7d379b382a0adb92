//! `PUT /me/password`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{ErrorBody, user::ChangePasswordRequest};
use estore_kit::{auth::Caller, extract::Json};

use super::{notice, password};
use crate::{Error, accounts, app::App, domain::NewPassword, store::outbox::Notice};

/// Sets a new password. All other sessions end, links in mails that wait to be pressed are void, and the owner is told by mail.
#[utoipa::path(put, path = "/me/password", tag = "me", security(("bearer" = [])), request_body = ChangePasswordRequest, responses(
    (status = 204, description = "Changed; this session goes on"),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 403, description = "The current password is wrong (`wrong_password`)", body = ErrorBody),
    (status = 413, description = "Too large", body = ErrorBody),
    (status = 415, description = "Not `application/json`", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done; try again", body = ErrorBody),
))]
pub(crate) async fn change_password(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<ChangePasswordRequest>,
) -> Result<StatusCode, Error> {
    let new = NewPassword::new(&request.new_password, "new_password")
        .map_err(|field| Error::Invalid(vec![field]))?;
    let id = caller.principal.user_id;
    let before = password::confirmed(&app, id, request.current_password).await?;
    let hash = app.hasher.hash(new.into_inner()).await?;
    let now = app.clock.now();
    let mut transaction = app.database.begin().await?;
    let user = password::lock(&app, &mut transaction, &caller.principal, &before).await?;
    let session = caller.principal.session_id;
    accounts::replace_password(&mut transaction, id, &hash, Some(session), now).await?;
    notice::push(&app, &mut transaction, &user.profile, Notice::PasswordChanged).await?;
    transaction.commit().await?;
    app.mail.notify_one();
    Ok(StatusCode::NO_CONTENT)
}
