//! Opening a session: what a login and a verified address have in common.

use axum::http::{HeaderMap, header};
use estore_contract::{
    SessionId, UserId,
    introspection::Role,
    user::{Tokens, UserStatus},
};
use estore_kit::random;
use sqlx::PgConnection;

use crate::{
    Error,
    app::App,
    domain::{ACCESS_TOKEN_SECONDS, RefreshToken},
    store::{
        familiar,
        sessions::{self, Rotated},
        users::{self, User},
    },
};

/// Opens a session for `seen` and answers its first tokens. `None` if the account was changed since it was looked at: a new password, or
/// an admin, ended every session of it, and one that is opened by what was true before must not outlive that. `address` becomes familiar.
pub(super) async fn open(
    app: &App,
    seen: &User,
    address: &familiar::Address,
    headers: &HeaderMap,
) -> Result<Option<Tokens>, Error> {
    let mut transaction = app.database.begin().await?;
    let user = users::hold(&mut *transaction, seen.profile.id).await?;
    let Some(user) = user.filter(|user| same(seen, user)) else { return Ok(None) };
    let (id, role) = (user.profile.id, user.profile.role);
    familiar::note(&mut *transaction, id, address, app.clock.now()).await?;
    let tokens = open_within(app, &mut transaction, id, role, headers).await?;
    transaction.commit().await?;
    Ok(Some(tokens))
}

/// Opens a session within the caller's transaction, which keeps the account from changing.
pub(super) async fn open_within(
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
    tokens(app, Rotated { session, user, role, token: refresh, since: now })
}

fn same(seen: &User, now: &User) -> bool {
    now.profile.status == UserStatus::Active
        && now.profile.email_verified
        && now.profile.email == seen.profile.email
        && now.password_hash == seen.password_hash
}

/// The pair of a session, as it stands.
pub(super) fn tokens(app: &App, standing: Rotated) -> Result<Tokens, Error> {
    let Rotated { session, user, role, token, since } = standing;
    Ok(Tokens {
        access_token: app.tokens.issue_with(&token, user, session, role, since)?,
        refresh_token: token.into_inner(),
        token_type: "Bearer".to_owned(),
        expires_in: ACCESS_TOKEN_SECONDS,
    })
}
