//! `PUT /me/password`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{ErrorBody, user::ChangePasswordRequest};
use estore_server::{auth::Caller, extract::Json, limit::Limiter};
use estore_stores::pg;

use crate::{
    Error,
    accounts::{self, Place, notices},
    app::App,
    domain::NewPassword,
    passwords::confirmation,
    store::outbox::Notice,
};

/// Sets a new password.
///
/// All other sessions end, the links in emails that are still waiting to be pressed become invalid,
/// and the owner gets an email about it. Of the networks that the account has logged in from, only
/// the caller's stays known.
#[utoipa::path(put, path = "/me/password", tag = "me", security(("bearer" = [])), request_body = ChangePasswordRequest, responses(
    (status = 204, description = "Changed; this session stays valid"),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 403, description = "The current password is wrong (`wrong_password`)", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
))]
pub(crate) async fn change_password(
    State(app): State<App>,
    caller: Caller,
    limiter: Limiter,
    Json(request): Json<ChangePasswordRequest>,
) -> Result<StatusCode, Error> {
    let new = NewPassword::new(&request.new_password, "new_password")
        .map_err(|field| Error::Invalid(vec![field]))?;
    let id = caller.principal.user_id;
    let before = confirmation::confirmed(&app, id, request.current_password).await?;
    let hash = app.hasher.hash(new.into_inner()).await?;
    let now = app.clock.now();
    let mut transaction = pg::begin(&app.database).await?;
    let user = confirmation::lock(&app, &mut transaction, &caller.principal, &before).await?;
    let networks = app.network_hashes(id, &limiter.client().network());
    let caller = Place { session: Some(caller.principal.session_id), networks };
    accounts::replace_password(&mut transaction, id, &hash, &caller, now).await?;
    notices::enqueue(&app, &mut transaction, &user.profile, Notice::PasswordChanged).await?;
    pg::commit(transaction).await?;
    app.mail.notify_one();
    Ok(StatusCode::NO_CONTENT)
}
