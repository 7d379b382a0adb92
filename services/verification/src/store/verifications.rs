//! Emails that were requested.

use std::collections::HashMap;

use estore_contract::{
    Email, OrderId, PeerName, UserId, VerificationId,
    verification::{Purpose, Verification, VerificationRequest, VerificationStatus},
};
use estore_stores::pg;
use sqlx::{FromRow, PgExecutor, PgPool, Row, postgres::PgRow, types::Json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::outbox;
use crate::Error;

struct Stored(Verification);

impl<'r> FromRow<'r, PgRow> for Stored {
    fn from_row(row: &'r PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self(Verification {
            id: VerificationId(row.try_get("id")?),
            user_id: UserId(row.try_get("user_id")?),
            email: pg::parsed(row, "email")?,
            purpose: pg::parsed(row, "purpose")?,
            locale: pg::parsed(row, "locale")?,
            status: pg::parsed(row, "status")?,
            attempts: pg::count(row, "attempts")?,
            is_sample: row.try_get::<Option<i32>, _>("sample_version")?.is_some(),
            last_smtp_answer: row.try_get("last_answer")?,
            created_at: row.try_get("created_at")?,
            sent_at: row.try_get("sent_at")?,
        }))
    }
}

/// A requested email, with the id and address that it gets here.
#[derive(Debug)]
pub struct NewMail {
    /// The id of the email, if it is new.
    pub id: VerificationId,
    /// The recipient's address.
    pub email: Email,
    pub request: VerificationRequest,
    /// The version of the template that it shows, if it is a sample.
    pub sample_version: Option<u32>,
}

/// Puts emails in the outbox in one transaction. Returns the id of each by its idempotency key. A
/// repeat with the same peer and key returns the first email. Emails for closed accounts are
/// dropped, and have no id. No two of `mails` may have the same key.
pub async fn accept(
    pool: &PgPool,
    peer: PeerName,
    mails: &[NewMail],
    now: OffsetDateTime,
) -> Result<HashMap<String, VerificationId>, Error> {
    let mut db = pg::begin(pool).await?;
    // The shared lock allows concurrent requests, but excludes the erasure of an account. It
    // decides which of the two comes first.
    sqlx::query(
        "SELECT pg_advisory_xact_lock_shared(hashtextextended(account, 0)) FROM unnest($1::text[]) account",
    )
    .bind(column(mails, |mail| mail.request.user_id.to_string()))
    .execute(&mut *db)
    .await?;
    // The update changes nothing; it makes the row of a repeat visible to RETURNING.
    let connection = &mut *db;
    let insert = move |trace: Option<String>| {
        sqlx::query_as(
            "INSERT INTO verifications (id, user_id, email, purpose, locale, data, idempotency_key, sample_version, peer, due_at,
                created_at, trace)
             SELECT mail.*, $9, $10, $10, $11
             FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::text[], $8::bigint[])
                AS mail (id, user_id, email, purpose, locale, data, idempotency_key, sample_version)
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
        .bind(column(mails, |mail| mail.sample_version.map(i64::from)))
        .bind(peer.as_str())
        .bind(now)
        .bind(trace)
        .fetch_all(connection)
    };
    let kept: Vec<(String, Uuid)> = outbox::QUEUE.enqueue(insert).await?;
    pg::commit(db).await?;
    Ok(kept.into_iter().map(|(key, id)| (key, VerificationId(id))).collect())
}

fn column<'a, T>(mails: &'a [NewMail], value: impl Fn(&'a NewMail) -> T) -> Vec<T> {
    mails.iter().map(value).collect()
}

/// Returns every email of an account, newest first.
pub async fn of_user(db: impl PgExecutor<'_>, user: UserId) -> Result<Vec<Verification>, sqlx::Error> {
    let found: Vec<Stored> =
        sqlx::query_as("SELECT * FROM verifications WHERE user_id = $1 ORDER BY created_at DESC, id DESC")
            .bind(user.0)
            .fetch_all(db)
            .await?;
    Ok(found.into_iter().map(|stored| stored.0).collect())
}

/// The most emails about an order that are listed.
const MOST_OF_ORDER: i64 = 100;

/// Returns the emails about an order, oldest first: all, or those to one account.
pub async fn of_order(
    db: impl PgExecutor<'_>,
    order: OrderId,
    owner: Option<UserId>,
) -> Result<Vec<Verification>, sqlx::Error> {
    // A sample shows the number of an order that does not exist.
    let found: Vec<Stored> = sqlx::query_as(
        "SELECT * FROM verifications WHERE data ->> 'order_id' = $1 AND ($2::uuid IS NULL OR user_id = $2)
            AND sample_version IS NULL
         ORDER BY created_at, id LIMIT $3",
    )
    .bind(order.to_string())
    .bind(owner.map(|owner| owner.0))
    .bind(MOST_OF_ORDER)
    .fetch_all(db)
    .await?;
    Ok(found.into_iter().map(|stored| stored.0).collect())
}

/// The most emails that one statement of an erasure deletes, so that it ends within its time.
const MOST_ERASED: i64 = 1000;

/// Erases the emails of an account, with their tokens. Emails requested for it later are dropped.
/// After a failure, a repeat deletes what is left.
pub async fn erase(pool: &PgPool, user: UserId, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    let mut db = pg::begin(pool).await?;
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind(user.to_string())
        .execute(&mut *db)
        .await?;
    sqlx::query("INSERT INTO erased_users (user_id, erased_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(user.0)
        .bind(now)
        .execute(&mut *db)
        .await?;
    pg::commit(db).await?;
    while erase_some(pool, user).await? > 0 {}
    Ok(())
}

/// Deletes some emails of an account. Returns 0 only if none is left: it waits for rows that
/// another erasure is deleting, and then goes on to the next ones.
async fn erase_some(db: impl PgExecutor<'_>, user: UserId) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "DELETE FROM verifications WHERE id IN
            (SELECT id FROM verifications WHERE user_id = $1 LIMIT $2 FOR UPDATE)",
    )
    .bind(user.0)
    .bind(MOST_ERASED)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// Erases at most `limit` emails that were written while their account was erased, which was after
/// `since`.
pub async fn erase_late(
    db: impl PgExecutor<'_>,
    since: OffsetDateTime,
    limit: i64,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "DELETE FROM verifications WHERE id IN
            (SELECT v.id FROM verifications v JOIN erased_users e ON e.user_id = v.user_id
                WHERE e.erased_at > $1 LIMIT $2 FOR UPDATE OF v SKIP LOCKED)",
    )
    .bind(since)
    .bind(limit)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// Returns one email.
pub async fn read(db: impl PgExecutor<'_>, id: VerificationId) -> Result<Option<Verification>, sqlx::Error> {
    let found: Option<Stored> =
        sqlx::query_as("SELECT * FROM verifications WHERE id = $1").bind(id.0).fetch_optional(db).await?;
    Ok(found.map(|stored| stored.0))
}

/// The emails that an admin wants to see, newest first.
#[derive(Debug, Default)]
pub struct Filter {
    /// The emails to this address.
    pub email: Option<Email>,
    /// The emails with this status.
    pub status: Option<VerificationStatus>,
    /// The emails with this purpose.
    pub purpose: Option<Purpose>,
    /// The emails after this position.
    pub after: Option<(OffsetDateTime, VerificationId)>,
}

/// Lists at most `limit` emails.
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

/// Marks at most `limit` sent emails as expired, if all their tokens expired unused. The conditions
/// on an email are those of the index `verifications_unused`.
pub async fn expire(db: impl PgExecutor<'_>, now: OffsetDateTime, limit: i64) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE verifications SET status = 'expired' WHERE id IN (SELECT id FROM verifications v
            WHERE status = 'sent' AND sample_version IS NULL
                AND purpose IN ('email', 'email_change', 'email_change_asked', 'email_changed', 'password_reset')
                AND EXISTS (SELECT FROM tokens t WHERE t.verification_id = v.id)
                AND NOT EXISTS (SELECT FROM tokens t WHERE t.verification_id = v.id AND t.expires_at > $1)
            LIMIT $2 FOR UPDATE SKIP LOCKED)",
    )
    .bind(now)
    .bind(limit)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}
