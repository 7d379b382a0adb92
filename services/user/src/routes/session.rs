//! Opening a session: what a login and a verified address have in common.

use axum::http::{HeaderMap, header};
use estore_contract::{SessionId, UserId, introspection::Role, user::Tokens};
use estore_kit::random;
use sqlx::PgConnection;

use crate::{
    Error,
    app::App,
    domain::{ACCESS_TOKEN_SECONDS, RefreshToken},
    store::sessions,
};

/// Opens a session for `user` within the caller's transaction, and answers its first tokens.
pub(super) async fn open(
    app: &App,
    transaction: &mut PgConnection,
    user: UserId,
    role: Role,
    headers: &HeaderMap,
) -> Result<Tokens, Error> {
    let session = SessionId(random::uuid_v7(app.clock.as_ref()));
    let refresh = RefreshToken::random();
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let agent: Option<String> = agent.map(|agent| agent.chars().take(200).collect());
    let now = app.clock.now();
    let end = now + app.lifetimes.absolute;
    sessions::open(transaction, session, user, agent.as_deref(), &refresh, end, now).await?;
    tokens(app, user, session, role, refresh)
}

/// A pair for a session.
pub(super) fn tokens(
    app: &App,
    user: UserId,
    session: SessionId,
    role: Role,
    refresh: RefreshToken,
) -> Result<Tokens, Error> {
    Ok(Tokens {
        access_token: app.tokens.issue(user, session, role, app.clock.now())?,
        refresh_token: refresh.into_inner(),
        token_type: "Bearer".to_owned(),
        expires_in: ACCESS_TOKEN_SECONDS,
    })
}
