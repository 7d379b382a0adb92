//! Sessions and their refresh tokens.

use estore_contract::{
    Email, SessionId, UserId,
    introspection::{Principal, Role},
    text::PersonName,
};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, PgExecutor, PgPool, Row};
use time::{Duration, OffsetDateTime};

use super::users::locale;
use crate::domain::{Claims, RefreshToken};

/// How long a login lasts at most, however often it is refreshed.
const LIFETIME: Duration = Duration::days(30);
/// How long a lost answer to a refresh may be asked for again.
const REPEAT: Duration = Duration::seconds(10);

/// Opens a session with its first refresh token.
pub async fn open(
    db: &mut PgConnection,
    id: SessionId,
    user: UserId,
    user_agent: Option<&str>,
    token: &RefreshToken,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO sessions (id, user_id, user_agent, created_at, last_used_at, expires_at) VALUES ($1, $2, $3, $4, $4, $5)")
        .bind(id.0)
        .bind(user.0)
        .bind(user_agent)
        .bind(now)
        .bind(now + LIFETIME)
        .execute(&mut *db)
        .await?;
    add_token(db, id, token, now).await
}

/// What spending a refresh token came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spent {
    /// The successor is stored; the session goes on.
    Rotated(SessionId, UserId, Role),
    /// It brings nothing, and never says why.
    Refused,
}

/// Spends `token` for `successor`. Reuse of a spent token means that two hold it: the whole session ends, except where
/// the same attempt (`key`) is repeated within 10 s.
pub async fn rotate(
    pool: &PgPool,
    token: &RefreshToken,
    successor: &RefreshToken,
    key: Option<&str>,
    now: OffsetDateTime,
) -> Result<Spent, sqlx::Error> {
    let mut db = pool.begin().await?;
    // The row's lock lets one of parallel refreshes through first; the others then find the token spent.
    let row = sqlx::query(
        "SELECT t.session_id, t.spent_at, t.spent_key, s.user_id, u.role,
            (s.ended_at IS NULL AND s.expires_at > $2 AND u.status = 'active') AS live
         FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id
         WHERE t.hash = $1 FOR UPDATE OF t",
    )
    .bind(token.hash().as_slice())
    .bind(now)
    .fetch_optional(&mut *db)
    .await?;
    let Some(row) = row else { return Ok(Spent::Refused) };
    let session = SessionId(row.try_get("session_id")?);
    let rotated = Spent::Rotated(session, UserId(row.try_get("user_id")?), role(row.try_get("role")?));
    if !row.try_get::<bool, _>("live")? {
        return Ok(Spent::Refused);
    }
    let key = key.map(|key| Sha256::digest(key).to_vec());
    if let Some(spent_at) = row.try_get::<Option<OffsetDateTime>, _>("spent_at")? {
        let same = key.is_some() && key == row.try_get::<Option<Vec<u8>>, _>("spent_key")?;
        if same && now - spent_at <= REPEAT && is_fresh(&mut db, successor).await? {
            return Ok(rotated);
        }
        end(&mut *db, session, now).await?;
        db.commit().await?;
        tracing::warn!(%session, "a spent refresh token was used again; its session is ended");
        return Ok(Spent::Refused);
    }
    sqlx::query("UPDATE refresh_tokens SET spent_at = $2, spent_key = $3 WHERE hash = $1")
        .bind(token.hash().as_slice())
        .bind(now)
        .bind(key)
        .execute(&mut *db)
        .await?;
    add_token(&mut db, session, successor, now).await?;
    sqlx::query("UPDATE sessions SET last_used_at = $2 WHERE id = $1")
        .bind(session.0)
        .bind(now)
        .execute(&mut *db)
        .await?;
    db.commit().await?;
    Ok(rotated)
}

/// Ends a session: its tokens are dead.
pub async fn end(db: impl PgExecutor<'_>, id: SessionId, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL")
        .bind(id.0)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Ends every session of an account.
pub async fn end_all(db: impl PgExecutor<'_>, user: UserId, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE sessions SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL")
        .bind(user.0)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Who is behind `claims`: `None` where the session has ended or the account is disabled.
pub async fn principal(
    db: impl PgExecutor<'_>,
    claims: &Claims,
    now: OffsetDateTime,
) -> Result<Option<Principal>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT u.email, u.email_verified_at IS NOT NULL AS verified, u.name, u.locale, u.role, s.expires_at
         FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE s.id = $1 AND s.user_id = $2 AND s.ended_at IS NULL AND s.expires_at > $3 AND u.status = 'active'",
    )
    .bind(claims.sid.0)
    .bind(claims.sub.0)
    .bind(now)
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let email: String = row.try_get("email")?;
    let email: Email = email.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    let role = role(row.try_get("role")?);
    let token_ends = OffsetDateTime::from_unix_timestamp(claims.exp)
        .map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    Ok(Some(Principal {
        user_id: claims.sub,
        session_id: claims.sid,
        email,
        email_verified: row.try_get("verified")?,
        name: PersonName::try_from(row.try_get::<String, _>("name")?)
            .map_err(|error| sqlx::Error::Decode(error.into()))?,
        locale: locale(row.try_get("locale")?),
        role,
        permissions: permissions(role),
        expires_at: token_ends.min(row.try_get("expires_at")?),
    }))
}

fn permissions(role: Role) -> Vec<String> {
    let names: &[&str] = match role {
        Role::Customer => &["orders:own"],
        Role::Admin => &["orders:own", "orders:all", "catalog:write", "users:write", "mail:write"],
    };
    names.iter().map(ToString::to_string).collect()
}

fn role(text: &str) -> Role {
    if text == "admin" { Role::Admin } else { Role::Customer }
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

/// Whether the successor that was given before is still unspent.
async fn is_fresh(db: &mut PgConnection, token: &RefreshToken) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM refresh_tokens WHERE hash = $1 AND spent_at IS NULL)")
        .bind(token.hash().as_slice())
        .fetch_one(db)
        .await
}
