//! Tokens: made for each attempt to send an email, used once.

use estore_contract::{
    UserId, VerificationId,
    verification::{Purpose, Redeemed},
};
use estore_stores::pg;
use sqlx::{PgExecutor, PgPool, Row};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::verified_events;
use crate::{Error, domain::MailToken};

/// The time for which a repeat of the same attempt gets the same answer.
const REPEAT: Duration = Duration::minutes(10);

/// Stores a token, before the email with it is sent.
pub async fn add(
    db: impl PgExecutor<'_>,
    token: &MailToken,
    id: VerificationId,
    expires_at: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO tokens (hash, verification_id, expires_at) VALUES ($1, $2, $3)")
        .bind(token.hash().as_slice())
        .bind(id.0)
        .bind(expires_at)
        .execute(db)
        .await?;
    Ok(())
}

/// A token that works.
#[derive(Debug)]
pub struct ValidToken {
    /// The purpose of the token.
    pub purpose: Purpose,
    /// The account.
    pub user: UserId,
    /// The idempotency key with which the email was requested.
    pub idempotency_key: String,
}

/// Reads a token without using it.
pub async fn look(
    db: impl PgExecutor<'_>,
    token: &MailToken,
    now: OffsetDateTime,
) -> Result<ValidToken, Error> {
    let row = sqlx::query(
        "SELECT t.expires_at, v.purpose, v.user_id, v.idempotency_key, r.redeemed_at FROM tokens t JOIN verifications v ON v.id = t.verification_id
            LEFT JOIN redemptions r ON r.verification_id = v.id WHERE t.hash = $1",
    )
    .bind(token.hash().as_slice())
    .fetch_optional(db)
    .await?
    .ok_or(Error::TokenUnknown)?;
    if row.try_get::<Option<OffsetDateTime>, _>("redeemed_at")?.is_some() {
        Err(Error::TokenUsed)
    } else if row.try_get::<OffsetDateTime, _>("expires_at")? <= now {
        Err(Error::TokenExpired)
    } else {
        Ok(ValidToken {
            purpose: pg::parsed(&row, "purpose")?,
            user: UserId(row.try_get("user_id")?),
            idempotency_key: row.try_get("idempotency_key")?,
        })
    }
}

/// The use of a token.
#[derive(Debug)]
pub struct Use<'a> {
    pub token: &'a MailToken,
    /// The purposes that its email may have.
    pub purposes: &'a [Purpose],
    /// The id of the attempt. The same attempt gets the same answer for ten minutes.
    pub attempt: Uuid,
    /// The time at which the verified event is due.
    pub event_due_at: OffsetDateTime,
}

/// Redeems a token once. Only a repeat of the same attempt gets the same answer, for ten minutes.
/// The verified event commits with the redemption. A link for a password has no event, because the
/// User Service sets the password itself.
pub async fn redeem(pool: &PgPool, wanted: Use<'_>, now: OffsetDateTime) -> Result<Redeemed, Error> {
    let Use { token, purposes, attempt, event_due_at } = wanted;
    let mut db = pg::begin(pool).await?;
    // The lock on the email's row serialises parallel attempts, whichever of its tokens they hold.
    let row = sqlx::query(
        "SELECT v.id, v.user_id, v.email, v.purpose, v.idempotency_key, t.expires_at
         FROM tokens t JOIN verifications v ON v.id = t.verification_id
         WHERE t.hash = $1 AND v.purpose = ANY ($2) FOR UPDATE OF v",
    )
    .bind(token.hash().as_slice())
    .bind(purposes.iter().map(|purpose| purpose.as_str()).collect::<Vec<_>>())
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::TokenUnknown)?;
    let id = VerificationId(row.try_get("id")?);
    let redeemed = Redeemed {
        user_id: UserId(row.try_get("user_id")?),
        email: pg::parsed(&row, "email")?,
        verification_id: id,
        idempotency_key: Some(row.try_get("idempotency_key")?),
    };
    let before = sqlx::query("SELECT redemption_id, redeemed_at FROM redemptions WHERE verification_id = $1")
        .bind(id.0)
        .fetch_optional(&mut *db)
        .await?;
    if let Some(before) = before {
        let same = before.try_get::<Uuid, _>("redemption_id")? == attempt;
        let lately = now - before.try_get::<OffsetDateTime, _>("redeemed_at")? <= REPEAT;
        return if same && lately { Ok(redeemed) } else { Err(Error::TokenUsed) };
    }
    if row.try_get::<OffsetDateTime, _>("expires_at")? <= now {
        return Err(Error::TokenExpired);
    }
    sqlx::query("INSERT INTO redemptions (verification_id, redemption_id, redeemed_at) VALUES ($1, $2, $3)")
        .bind(id.0)
        .bind(attempt)
        .bind(now)
        .execute(&mut *db)
        .await?;
    sqlx::query("UPDATE verifications SET status = 'verified' WHERE id = $1")
        .bind(id.0)
        .execute(&mut *db)
        .await?;
    if pg::parsed::<Purpose>(&row, "purpose")? != Purpose::PasswordReset {
        let connection = &mut *db;
        let insert = move |trace: Option<String>| {
            sqlx::query("INSERT INTO reports (verification_id, due_at, trace) VALUES ($1, $2, $3)")
                .bind(id.0)
                .bind(event_due_at)
                .bind(trace)
                .execute(connection)
        };
        verified_events::QUEUE.enqueue(insert).await?;
    }
    pg::commit(db).await?;
    Ok(redeemed)
}

/// Deletes at most `limit` tokens that expired before `before`.
pub async fn forget(db: impl PgExecutor<'_>, before: OffsetDateTime, limit: i64) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "DELETE FROM tokens WHERE hash IN
            (SELECT hash FROM tokens WHERE expires_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
    )
    .bind(before)
    .bind(limit)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}
