//! `POST /login`.

use axum::{extract::State, http::HeaderMap};
use estore_contract::{
    ErrorBody,
    user::{LoginRequest, Tokens, UserStatus},
};
use estore_kit::extract::Json;

use super::session;
use crate::{
    Error,
    app::App,
    store::users::{self, User},
};

/// Opens a session. An unknown address and a wrong password look alike, also in the time that they take.
#[utoipa::path(post, path = "/login", tag = "sessions", request_body = LoginRequest, responses(
    (status = 200, description = "Tokens", body = Tokens),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 401, description = "Wrong address or password (`invalid_credentials`)", body = ErrorBody),
    (status = 403, description = "The right password, but `email_not_verified` or `account_disabled`", body = ErrorBody),
    (status = 413, description = "Too large", body = ErrorBody),
    (status = 415, description = "Not `application/json`", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Too many log in at this moment; try again", body = ErrorBody),
))]
pub(crate) async fn login(
    State(app): State<App>,
    headers: HeaderMap,
    Json(request): Json<LoginRequest>,
) -> Result<Json<Tokens>, Error> {
    let outcome = attempt(&app, &headers, request).await;
    let label = match &outcome {
        Ok(_) => "ok",
        Err(Error::InvalidCredentials) => "invalid_credentials",
        Err(Error::EmailNotVerified) => "email_not_verified",
        Err(Error::AccountDisabled) => "account_disabled",
        Err(_) => "failed",
    };
    app.metrics.logins.with_label_values(&[label]).inc();
    outcome.map(Json)
}

async fn attempt(app: &App, headers: &HeaderMap, request: LoginRequest) -> Result<Tokens, Error> {
    let user = users::by_email(&app.database, &request.email).await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let right = app.hasher.verify(request.password.clone(), hash).await?;
    let Some(user) = user.filter(|_| right) else { return Err(Error::InvalidCredentials) };
    if user.profile.status == UserStatus::Disabled {
        return Err(Error::AccountDisabled);
    }
    if !user.profile.email_verified {
        return Err(Error::EmailNotVerified);
    }
    rehash(app, &user, request).await?;
    session::open(app, user.profile.id, user.profile.role, headers).await
}

/// Only a login knows the password, so this is when a hash can follow risen parameters.
async fn rehash(app: &App, user: &User, request: LoginRequest) -> Result<(), Error> {
    if app.hasher.is_outdated(&user.password_hash) {
        let hash = app.hasher.hash(request.password).await?;
        users::rehash(&app.database, user.profile.id, &user.password_hash, &hash).await?;
    }
    Ok(())
}
