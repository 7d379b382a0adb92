//! Mails that were asked for.

use std::collections::HashMap;

use estore_contract::{
    Email, PeerName, UserId, VerificationId,
    verification::{Purpose, Verification, VerificationRequest, VerificationStatus},
};
use estore_kit::trace::{self, Cause};
use sqlx::{FromRow, PgExecutor, PgPool, Row, postgres::PgRow, types::Json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::named;

struct Stored(Verification);

impl<'r> FromRow<'r, PgRow> for Stored {
    fn from_row(row: &'r PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self(Verification {
            id: VerificationId(row.try_get("id")?),
            user_id: UserId(row.try_get("user_id")?),
            email: named("email", row.try_get("email")?)?,
            purpose: named("purpose", row.try_get("purpose")?)?,
            locale: named("locale", row.try_get("locale")?)?,
            status: named("status", row.try_get("status")?)?,
            attempts: u32::try_from(row.try_get::<i32, _>("attempts")?).unwrap_or(0),
            last_smtp_answer: row.try_get("last_answer")?,
            created_at: row.try_get("created_at")?,
            sent_at: row.try_get("sent_at")?,
        }))
    }
}

/// A mail that is asked for, with what it gets here.
#[derive(Debug)]
pub struct NewMail {
    /// Its id, if it is new.
    pub id: VerificationId,
    /// To where.
    pub email: Email,
    /// What is asked for.
    pub request: VerificationRequest,
}

/// Puts mails in the outbox in one transaction; answers the id of each by its key. A repeat of the same peer and key finds the
/// first. Mails for closed accounts are dropped, and have no id. No two of `mails` may have the same key.
pub async fn accept(
    pool: &PgPool,
    peer: PeerName,
    mails: &[NewMail],
    now: OffsetDateTime,
) -> Result<HashMap<String, VerificationId>, sqlx::Error> {
    let mut db = pool.begin().await?;
    // Beside each other, and never beside an account's erasure: which of both is first is decided here.
    sqlx::query(
        "SELECT pg_advisory_xact_lock_shared(hashtextextended(account, 0)) FROM unnest($1::text[]) account",
    )
    .bind(column(mails, |mail| mail.request.user_id.to_string()))
    .execute(&mut *db)
    .await?;
    // The update changes nothing; it makes the row of a repeat visible to RETURNING.
    let written = async {
        sqlx::query_as(
            "INSERT INTO verifications (id, user_id, email, purpose, locale, data, idempotency_key, peer, due_at, created_at, trace)
             SELECT mail.*, $8, $9, $9, $10
             FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::text[])
                AS mail (id, user_id, email, purpose, locale, data, idempotency_key)
             WHERE NOT EXISTS (SELECT FROM erased_users WHERE erased_users.user_id = mail.user_id)
             ON CONFLICT (peer, idempotency_key) DO UPDATE SET peer = excluded.peer RETURNING idempotency_key, id",
        )
        .bind(column(mails, |mail| mail.id.0))
        .bind(column(mails, |mail| mail.request.user_id.0))
        .bind(column(mails, |mail| mail.email.as_str()))
        .bind(column(mails, |mail| mail.request.purpose.as_str()))
        .bind(column(mails, |mail| mail.request.locale.as_str()))
        .bind(column(mails, |mail| Json(&mail.request.data)))
        .bind(column(mails, |mail| mail.request.idempotency_key.as_str()))
        .bind(peer.as_str())
        .bind(now)
        .bind(Cause::now().map(|cause| cause.to_string()))
        .fetch_all(&mut *db)
        .await
    };
    let kept: Vec<(String, Uuid)> = trace::send("mails").run(written).await?;
    db.commit().await?;
    Ok(kept.into_iter().map(|(key, id)| (key, VerificationId(id))).collect())
}

fn column<'a, T>(mails: &'a [NewMail], value: impl Fn(&'a NewMail) -> T) -> Vec<T> {
    mails.iter().map(value).collect()
}

/// Every mail of an account, newest first.
pub async fn of_user(db: impl PgExecutor<'_>, user: UserId) -> Result<Vec<Verification>, sqlx::Error> {
    let found: Vec<Stored> =
        sqlx::query_as("SELECT * FROM verifications WHERE user_id = $1 ORDER BY created_at DESC, id DESC")
            .bind(user.0)
            .fetch_all(db)
            .await?;
    Ok(found.into_iter().map(|stored| stored.0).collect())
}

/// Erases the mails of an account, with their tokens, and keeps none that are asked for from now on.
pub async fn erase(pool: &PgPool, user: UserId, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    let mut db = pool.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind(user.to_string())
        .execute(&mut *db)
        .await?;
    sqlx::query("INSERT INTO erased_users (user_id, erased_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(user.0)
        .bind(now)
        .execute(&mut *db)
        .await?;
    sqlx::query("DELETE FROM verifications WHERE user_id = $1").bind(user.0).execute(&mut *db).await?;
    db.commit().await
}

/// Erases what was being written while its account was erased.
pub async fn erase_late(db: impl PgExecutor<'_>) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("DELETE FROM verifications v USING erased_users e WHERE v.user_id = e.user_id")
        .execute(db)
        .await?;
    Ok(done.rows_affected())
}

/// One mail.
pub async fn read(db: impl PgExecutor<'_>, id: VerificationId) -> Result<Option<Verification>, sqlx::Error> {
    let found: Option<Stored> =
        sqlx::query_as("SELECT * FROM verifications WHERE id = $1").bind(id.0).fetch_optional(db).await?;
    Ok(found.map(|stored| stored.0))
}

/// Which mails an admin wants to see, newest first.
#[derive(Debug, Default)]
pub struct Filter {
    /// Those to this address.
    pub email: Option<Email>,
    /// Those that stand so.
    pub status: Option<VerificationStatus>,
    /// Those for this.
    pub purpose: Option<Purpose>,
    /// Those after this place.
    pub after: Option<(OffsetDateTime, VerificationId)>,
}

/// At most `limit` mails.
pub async fn list(
    db: impl PgExecutor<'_>,
    filter: Filter,
    limit: usize,
) -> Result<Vec<Verification>, sqlx::Error> {
    let (time, id) = filter.after.unzip();
    let found: Vec<Stored> = sqlx::query_as(
        "SELECT * FROM verifications WHERE ($1::text IS NULL OR email = $1) AND ($2::text IS NULL OR status = $2)
            AND ($3::text IS NULL OR purpose = $3) AND ($4::timestamptz IS NULL OR (created_at, id) < ($4, $5))
         ORDER BY created_at DESC, id DESC LIMIT $6",
    )
    .bind(filter.email.as_ref().map(Email::as_str))
    .bind(filter.status.map(VerificationStatus::as_str))
    .bind(filter.purpose.map(Purpose::as_str))
    .bind(time)
    .bind(id.map(|id: VerificationId| id.0))
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(db)
    .await?;
    Ok(found.into_iter().map(|stored| stored.0).collect())
}

/// Marks what was sent and whose tokens all ended unused as expired.
pub async fn expire(db: impl PgExecutor<'_>, now: OffsetDateTime) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE verifications v SET status = 'expired' WHERE status = 'sent'
            AND EXISTS (SELECT FROM tokens t WHERE t.verification_id = v.id)
            AND NOT EXISTS (SELECT FROM tokens t WHERE t.verification_id = v.id AND t.expires_at > $1)",
    )
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}
