//! Sessions and their refresh tokens.

use std::{collections::HashMap, sync::Arc};

use estore_contract::{
    SessionId, UserId,
    introspection::{Principal, Role},
    user::{Profile, Session},
};
use estore_stores::pg;
use sqlx::{FromRow, PgConnection, PgExecutor, Row, postgres::PgRow};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::users::User;
use crate::domain::{Claims, RefreshToken};

/// The lifetimes of sessions and refresh tokens.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    /// The longest life of a session, however often it is refreshed.
    pub absolute: Duration,
    /// The time after which an unused session ends.
    pub idle: Duration,
    /// The time for which a spent refresh token still gets its successor.
    pub leeway: Duration,
}

/// Opens a session with its first refresh token.
pub async fn open(
    db: &mut PgConnection,
    id: SessionId,
    user: UserId,
    user_agent: Option<&str>,
    token: &RefreshToken,
    expires_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO sessions (id, user_id, user_agent, created_at, last_used_at, expires_at) VALUES ($1, $2, $3, $4, $4, $5)")
        .bind(id.0)
        .bind(user.0)
        .bind(user_agent)
        .bind(now)
        .bind(expires_at)
        .execute(&mut *db)
        .await?;
    add_token(db, id, token, now).await
}

/// A session that continues with a new refresh token.
#[derive(Debug)]
pub struct Rotated {
    pub session: SessionId,
    /// The account.
    pub user: UserId,
    /// The role of the account.
    pub role: Role,
    /// The only valid refresh token of the session.
    pub token: RefreshToken,
    /// The time at which that token was made.
    pub since: OffsetDateTime,
    /// The time at which the session ends, however often it is refreshed.
    pub ends: OffsetDateTime,
}

/// Spends `token` for the first of `successors`, in one statement. Returns `None` if the token is
/// not valid, and never says why. Reuse of a spent token means that two parties hold it, and ends
/// the whole session. A reuse within the leeway whose successor is still valid does not.
pub async fn rotate(
    db: impl PgExecutor<'_>,
    token: &RefreshToken,
    successors: Vec<RefreshToken>,
    lifetimes: Lifetimes,
    now: OffsetDateTime,
) -> Result<Option<Rotated>, sqlx::Error> {
    let hashes: Vec<Vec<u8>> = successors.iter().map(|token| token.hash().to_vec()).collect();
    let row = sqlx::query(
        "SELECT s.*, (SELECT expires_at FROM sessions WHERE id = s.session) AS ends
         FROM spend_refresh_token($1, $2, $3, $4, $5) s",
    )
    .bind(token.hash().as_slice())
    .bind(hashes)
    .bind(now)
    .bind(lifetimes.idle)
    .bind(lifetimes.leeway)
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let lives: Vec<u8> = row.try_get("successor")?;
    let Some(token) = successors.into_iter().find(|token| lives == token.hash()) else { return Ok(None) };
    Ok(Some(Rotated {
        session: SessionId(row.try_get("session")?),
        user: UserId(row.try_get("account")?),
        role: pg::parsed(&row, "account_role")?,
        token,
        since: row.try_get("since")?,
        ends: row.try_get("ends")?,
    }))
}

/// Reports whether a session is active, and keeps it active until the transaction ends.
pub async fn hold(db: impl PgExecutor<'_>, id: SessionId, now: OffsetDateTime) -> Result<bool, sqlx::Error> {
    let found =
        sqlx::query("SELECT FROM sessions WHERE id = $1 AND ended_at IS NULL AND expires_at > $2 FOR SHARE")
            .bind(id.0)
            .bind(now)
            .fetch_optional(db)
            .await?;
    Ok(found.is_some())
}

/// Ends a session. Its tokens stop working.
pub async fn end(db: impl PgExecutor<'_>, id: SessionId, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL")
        .bind(id.0)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Ends one of an account's sessions. Returns `false` if it has no such active session.
pub async fn end_one_of(
    db: impl PgExecutor<'_>,
    user: UserId,
    id: SessionId,
    now: OffsetDateTime,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE sessions SET ended_at = $3 WHERE id = $2 AND user_id = $1 AND ended_at IS NULL AND expires_at > $3",
    )
    .bind(user.0)
    .bind(id.0)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends every session of an account, except `but`.
pub async fn end_all(
    db: impl PgExecutor<'_>,
    user: UserId,
    but: Option<SessionId>,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE sessions SET ended_at = $3 WHERE user_id = $1 AND id IS DISTINCT FROM $2 AND ended_at IS NULL")
        .bind(user.0)
        .bind(but.map(|id| id.0))
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Reports whether any session of an account was ended, by its owner or otherwise.
pub async fn any_ended(db: impl PgExecutor<'_>, user: UserId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM sessions WHERE user_id = $1 AND ended_at IS NOT NULL)")
        .bind(user.0)
        .fetch_one(db)
        .await
}

/// Lists at most `limit` active sessions of an account, newest first, after the position `after`.
pub async fn list(
    db: impl PgExecutor<'_>,
    user: UserId,
    current: SessionId,
    idle: Duration,
    now: OffsetDateTime,
    after: Option<(OffsetDateTime, SessionId)>,
    limit: usize,
) -> Result<Vec<Session>, sqlx::Error> {
    let (time, id) = after.unzip();
    let rows = sqlx::query(
        "SELECT id, created_at, last_used_at, user_agent FROM sessions
         WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2 AND last_used_at > $2 - $3
            AND ($4::timestamptz IS NULL OR (created_at, id) < ($4, $5))
         ORDER BY created_at DESC, id DESC LIMIT $6",
    )
    .bind(user.0)
    .bind(now)
    .bind(idle)
    .bind(time)
    .bind(id.map(|id| id.0))
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(db)
    .await?;
    let session = |row: &PgRow| {
        let id = SessionId(row.try_get("id")?);
        Ok(Session {
            id,
            created_at: row.try_get("created_at")?,
            last_used_at: row.try_get("last_used_at")?,
            user_agent: row.try_get("user_agent")?,
            current: id == current,
        })
    };
    rows.iter().map(session).collect()
}

/// Deletes at most `limit` tokens of the `sessions` oldest sessions that ended before `before`.
/// Those tokens are unknown from then on. A session may have millions of tokens, and one statement
/// must end within its time.
pub async fn forget_tokens(
    db: impl PgExecutor<'_>,
    before: OffsetDateTime,
    sessions: i64,
    limit: i64,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "DELETE FROM refresh_tokens WHERE hash IN
            (SELECT hash FROM refresh_tokens WHERE session_id IN
                (SELECT id FROM sessions WHERE coalesce(ended_at, expires_at) < $1
                 ORDER BY coalesce(ended_at, expires_at) LIMIT $2)
             LIMIT $3 FOR UPDATE SKIP LOCKED)",
    )
    .bind(before)
    .bind(sessions)
    .bind(limit)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// Of the `limit` oldest sessions that ended before `before`, deletes those without tokens.
pub async fn forget(db: impl PgExecutor<'_>, before: OffsetDateTime, limit: i64) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "DELETE FROM sessions s WHERE id IN
            (SELECT id FROM sessions WHERE coalesce(ended_at, expires_at) < $1
             ORDER BY coalesce(ended_at, expires_at) LIMIT $2 FOR UPDATE SKIP LOCKED)
            AND NOT EXISTS (SELECT FROM refresh_tokens WHERE session_id = s.id)",
    )
    .bind(before)
    .bind(limit)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// The account behind a session.
#[derive(Debug, Clone)]
pub struct Account {
    /// The time at which the session ends, however often it is refreshed.
    pub session_ends: OffsetDateTime,
    /// The account.
    pub user: User,
}

/// Returns the accounts behind those of `ids` that are active sessions. Leaves out disabled
/// accounts. An account that cannot be parsed is an error of its own session alone.
pub async fn accounts(
    db: impl PgExecutor<'_>,
    ids: &[SessionId],
    idle: Duration,
    now: OffsetDateTime,
) -> Result<HashMap<SessionId, Result<Account, Arc<sqlx::Error>>>, sqlx::Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query(
        "SELECT u.*, s.id AS session, s.expires_at AS session_ends
         FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE s.id = ANY($1) AND s.ended_at IS NULL AND s.expires_at > $2 AND s.last_used_at > $2 - $3
            AND u.status = 'active'",
    )
    .bind(ids)
    .bind(now)
    .bind(idle)
    .fetch_all(db)
    .await?;
    let of_session = |row: &PgRow| {
        let session = SessionId(row.try_get("session")?);
        Ok((session, account(row).map_err(Arc::new)))
    };
    rows.iter().map(of_session).collect()
}

fn account(row: &PgRow) -> Result<Account, sqlx::Error> {
    Ok(Account { session_ends: row.try_get("session_ends")?, user: User::from_row(row)? })
}

/// Builds the caller whose token has these `claims`.
pub fn principal(claims: &Claims, account: Account) -> Result<Principal, sqlx::Error> {
    let Profile { email, email_verified, name, locale, role, .. } = account.user.profile;
    let token_ends = OffsetDateTime::from_unix_timestamp(claims.exp)
        .map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    Ok(Principal {
        user_id: claims.sub,
        session_id: claims.sid,
        email,
        email_verified,
        name,
        locale,
        role,
        permissions: permissions(role),
        expires_at: token_ends.min(account.session_ends),
    })
}

fn permissions(role: Role) -> Vec<String> {
    let names: &[&str] = match role {
        Role::Customer => &["orders:own"],
        Role::Admin => &["orders:own", "orders:all", "catalog:write", "users:write", "mail:write"],
    };
    names.iter().map(ToString::to_string).collect()
}

async fn add_token(
    db: &mut PgConnection,
    session: SessionId,
    token: &RefreshToken,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO refresh_tokens (hash, session_id, created_at) VALUES ($1, $2, $3)")
        .bind(token.hash().as_slice())
        .bind(session.0)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}
