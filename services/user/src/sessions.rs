//! Opening a session, shared by login and email verification.

use axum::http::{HeaderMap, header};
use estore_base::random;
use estore_contract::{
    SessionId, UserId,
    introspection::Role,
    user::{Tokens, UserStatus},
};
use estore_stores::pg;
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use crate::{
    Error,
    app::App,
    domain::ACCESS_TOKEN_SECONDS,
    store::{
        known_networks,
        sessions::{self as stored, Rotated},
        users::{self, User},
    },
};

/// Opens a session for `seen` and returns its first tokens. Makes `network` known.
///
/// Returns `None` if the account has changed since it was read. A new password or an admin ends
/// every session, and a session opened on outdated facts must not outlive that.
pub(crate) async fn open(
    app: &App,
    seen: &User,
    network: &known_networks::NetworkHash,
    headers: &HeaderMap,
) -> Result<Option<Tokens>, Error> {
    let mut transaction = pg::begin(&app.database).await?;
    let user = users::hold(&mut *transaction, seen.profile.id).await?;
    let Some(user) = user.filter(|user| same(seen, user)) else { return Ok(None) };
    let (id, role) = (user.profile.id, user.profile.role);
    let tokens = open_within(app, &mut transaction, id, role, network, headers).await?;
    pg::commit(transaction).await?;
    Ok(Some(tokens))
}

/// Opens a session within the caller's transaction, which keeps the account from changing. Makes
/// `network` known.
pub(crate) async fn open_within(
    app: &App,
    transaction: &mut PgConnection,
    user: UserId,
    role: Role,
    network: &known_networks::NetworkHash,
    headers: &HeaderMap,
) -> Result<Tokens, Error> {
    let session = SessionId(random::uuid_v7(app.clock.as_ref()));
    let refresh = random::token();
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let agent: Option<String> = agent.map(|agent| agent.chars().take(200).collect());
    let now = app.clock.now();
    known_networks::note(&mut *transaction, user, network, now).await?;
    let end = now + app.lifetimes.absolute;
    stored::open(transaction, session, user, agent.as_deref(), &refresh, end, now).await?;
    tokens(app, Rotated { session, user, role, token: refresh, since: now, ends: end }, now)
}

fn same(seen: &User, now: &User) -> bool {
    now.profile.status == UserStatus::Active
        && now.profile.email_verified
        && now.profile.email == seen.profile.email
        && now.password_hash == seen.password_hash
}

/// Returns the current pair of tokens of a session.
pub(crate) fn tokens(app: &App, standing: Rotated, now: OffsetDateTime) -> Result<Tokens, Error> {
    let Rotated { session, user, role, token, since, ends } = standing;
    // A session that ends, or is idle for too long, takes its access token with it.
    let ends =
        ends.min(since + app.lifetimes.idle).min(since + Duration::seconds(ACCESS_TOKEN_SECONDS.into()));
    let left = (ends - now + Duration::milliseconds(500)).whole_seconds();
    let expires_in = u32::try_from(left).unwrap_or_default();
    Ok(Tokens {
        access_token: app.tokens.issue(&token, user, session, role, since)?,
        refresh_token: token.into_inner(),
        token_type: "Bearer".to_owned(),
        expires_in,
    })
}
