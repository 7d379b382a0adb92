//! `POST /token/refresh`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    user::{RefreshRequest, Tokens},
};
use estore_kit::extract::{IdempotencyKey, Json};

use super::session;
use crate::{
    Error,
    app::App,
    domain::RefreshToken,
    store::sessions::{self, Rotated},
};

/// Spends a refresh token for a new pair. Using one twice ends its session, except a repeat within 10 s that carries the
/// same `Idempotency-Key` as the first use: it gets the same refresh token again.
#[utoipa::path(post, path = "/token/refresh", tag = "sessions", request_body = RefreshRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "Names this attempt, so that a lost answer can be asked for again")),
    responses(
        (status = 200, description = "A new pair; the old refresh token is spent", body = Tokens),
        (status = 400, description = "Not JSON", body = ErrorBody),
        (status = 401, description = "Spent, expired, ended or never given (`invalid_token`)", body = ErrorBody),
        (status = 413, description = "Too large", body = ErrorBody),
        (status = 415, description = "Not `application/json`", body = ErrorBody),
        (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
        (status = 503, description = "Try again with the same token and key", body = ErrorBody),
    ))]
pub(crate) async fn refresh_token(
    State(app): State<App>,
    key: Option<IdempotencyKey>,
    Json(request): Json<RefreshRequest>,
) -> Result<Json<Tokens>, Error> {
    let token = RefreshToken::from(request.refresh_token);
    let key = key.as_ref().map(IdempotencyKey::as_str);
    let successors = app.tokens.successors(&token, key);
    let (idle, now) = (app.lifetimes.idle, app.clock.now());
    let rotated = sessions::rotate(&app.database, &token, successors, key, idle, now).await?;
    let Rotated { session, user, role, token } = rotated.ok_or(Error::InvalidToken)?;
    session::tokens(&app, user, session, role, token).map(Json)
}
