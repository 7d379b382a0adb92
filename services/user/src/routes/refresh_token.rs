//! `POST /token/refresh`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    user::{RefreshRequest, Tokens},
};
use estore_server::extract::{IdempotencyKey, Json};
use estore_stores::pg;

use crate::{Error, app::App, domain::RefreshToken, sessions, store::sessions as stored};

/// Exchanges a refresh token for a new pair of tokens.
///
/// A repeat within `REFRESH_LEEWAY_SECONDS` (10) gets the same pair, so two tabs that refresh at
/// once keep their session. A later repeat ends the session.
#[utoipa::path(post, path = "/token/refresh", tag = "sessions", request_body = RefreshRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "Accepted as on every route; a repeat is recognized by its token")),
    responses(
        (status = 200, description = "A new pair; the old refresh token is spent", body = Tokens),
        (status = 400, description = "Not JSON", body = ErrorBody),
        (status = 401, description = "The token was used, has expired or is unknown, or its session has ended (`invalid_token`)", body = ErrorBody),
        (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
        (status = 503, description = "Try again with the same token", body = ErrorBody),
    ))]
pub(crate) async fn refresh_token(
    State(app): State<App>,
    _key: Option<IdempotencyKey>,
    Json(request): Json<RefreshRequest>,
) -> Result<Json<Tokens>, Error> {
    let token = RefreshToken::from(request.refresh_token);
    let (successors, now) = (app.tokens.successors(&token), app.clock.now());
    let rotated = stored::rotate(&app.database, &token, successors, app.lifetimes, now)
        .await
        .map_err(pg::CommitError::of_statement)?;
    sessions::tokens(&app, rotated.ok_or(Error::InvalidToken)?, now).map(Json)
}
