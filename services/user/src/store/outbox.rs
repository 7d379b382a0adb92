//! Mails to ask of the Verification Service: written with what they tell of, sent by the outbox job.

use estore_contract::{
    Email, UserId,
    verification::{Locale, Purpose, VerificationRequest},
};
use serde_json::json;
use sqlx::{PgConnection, PgExecutor, PgPool, Row, types::Json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// How many verification mails an address gets in an hour.
const HOURLY: i64 = 5;

/// A mail to ask for.
#[derive(Debug)]
pub struct Mail<'a> {
    /// Its id, and the name by which the Verification Service tells a repeat.
    pub id: Uuid,
    /// Whose.
    pub user: UserId,
    /// To where.
    pub email: &'a Email,
    /// What for.
    pub purpose: Purpose,
    /// What the template calls the owner.
    pub name: &'a str,
    /// In which language.
    pub locale: Locale,
}

/// Puts a mail in the outbox, unless the address got its share of the hour; within a transaction.
pub async fn push(db: &mut PgConnection, mail: Mail<'_>, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    let data = json!({ "name": mail.name });
    let request = VerificationRequest {
        user_id: mail.user,
        email: mail.email.clone(),
        purpose: mail.purpose,
        data: data.as_object().cloned().unwrap_or_default(),
        locale: mail.locale,
        idempotency_key: mail.id.to_string(),
    };
    // One after the other for each address, until the caller commits: of several at once none would count the others.
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind(mail.email.as_str())
        .execute(&mut *db)
        .await?;
    sqlx::query(
        "INSERT INTO outbox (id, email, request, due_at, created_at)
         SELECT $1, $2, $3, $4, $4 WHERE (SELECT count(*) FROM outbox WHERE email = $2 AND created_at > $5) < $6",
    )
    .bind(mail.id)
    .bind(mail.email.as_str())
    .bind(Json(request))
    .bind(now)
    .bind(now - Duration::hours(1))
    .bind(HOURLY)
    .execute(db)
    .await?;
    Ok(())
}

/// A mail that this worker may send until its lease ends.
#[derive(Debug)]
pub struct Claimed {
    /// Which.
    pub id: Uuid,
    /// What to ask.
    pub request: VerificationRequest,
    /// How often it was tried before.
    pub attempts: i32,
}

/// Claims what is due, at most `limit`, until `lease` from now; other replicas skip it.
pub async fn claim(
    pool: &PgPool,
    limit: i64,
    lease: Duration,
    now: OffsetDateTime,
) -> Result<Vec<Claimed>, sqlx::Error> {
    let rows = sqlx::query(
        "UPDATE outbox SET due_at = $2, attempts = attempts + 1 WHERE id IN
            (SELECT id FROM outbox WHERE sent_at IS NULL AND due_at <= $1 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING id, request, attempts",
    )
    .bind(now)
    .bind(now + lease)
    .bind(limit)
    .fetch_all(pool)
    .await?;
    let claimed = |row: &sqlx::postgres::PgRow| {
        let Json(request) = row.try_get("request")?;
        Ok(Claimed { id: row.try_get("id")?, request, attempts: row.try_get("attempts")? })
    };
    rows.iter().map(claimed).collect()
}

/// The Verification Service has it.
pub async fn done(db: impl PgExecutor<'_>, id: Uuid, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE outbox SET sent_at = $2 WHERE id = $1").bind(id).bind(now).execute(db).await?;
    Ok(())
}

/// It does not have it yet: again at `due`.
pub async fn postpone(db: impl PgExecutor<'_>, id: Uuid, due: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE outbox SET due_at = $2 WHERE id = $1").bind(id).bind(due).execute(db).await?;
    Ok(())
}

/// How many wait.
pub async fn depth(db: impl PgExecutor<'_>) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT count(*) FROM outbox WHERE sent_at IS NULL").fetch_one(db).await
}

/// Forgets what was sent before `before`.
pub async fn forget(db: impl PgExecutor<'_>, before: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM outbox WHERE sent_at < $1").bind(before).execute(db).await?;
    Ok(())
}
