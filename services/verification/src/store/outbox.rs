//! The outbox: mails that the mail server does not have yet.

use estore_contract::{
    Email, UserId, VerificationId,
    verification::{Locale, Purpose},
};
use estore_kit::{metrics::Waiting, pg, trace::Cause};
use serde_json::{Map, Value};
use sqlx::{PgExecutor, PgPool, Row, postgres::PgRow, types::Json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::named;

/// A mail that this worker may send until its lease ends.
#[derive(Debug)]
pub struct Claimed {
    /// Which.
    pub id: VerificationId,
    /// Whose.
    pub user: UserId,
    /// To where.
    pub email: Email,
    /// What for.
    pub purpose: Purpose,
    /// In which language.
    pub locale: Locale,
    /// What the template shows.
    pub data: Map<String, Value>,
    /// How often it was tried, this time included.
    pub attempts: u32,
    /// When it was asked for.
    pub created_at: OffsetDateTime,
    /// Which trace asked for it.
    pub cause: Option<Cause>,
}

/// Claims what is due, at most `limit`, until `lease` from now; other replicas skip it. No transaction stays open while
/// the mail server is asked.
pub async fn claim(
    pool: &PgPool,
    limit: i64,
    lease: Duration,
    now: OffsetDateTime,
) -> Result<Vec<Claimed>, sqlx::Error> {
    let rows = sqlx::query(
        "UPDATE verifications SET due_at = $2, attempts = attempts + 1 WHERE id IN
            (SELECT id FROM verifications WHERE status = 'pending' AND due_at <= $1 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING *",
    )
    .bind(now)
    .bind(now + lease)
    .bind(limit)
    .fetch_all(pool)
    .await?;
    rows.iter().map(claimed).collect()
}

fn claimed(row: &PgRow) -> Result<Claimed, sqlx::Error> {
    let Json(data) = row.try_get("data")?;
    Ok(Claimed {
        id: VerificationId(row.try_get("id")?),
        user: UserId(row.try_get("user_id")?),
        email: named("email", row.try_get("email")?)?,
        purpose: named("purpose", row.try_get("purpose")?)?,
        locale: named("locale", row.try_get("locale")?)?,
        data,
        attempts: u32::try_from(row.try_get::<i32, _>("attempts")?).unwrap_or(0),
        created_at: row.try_get("created_at")?,
        cause: row.try_get::<Option<&str>, _>("trace")?.and_then(Cause::parse),
    })
}

/// Notes that the mail server has these mails, and what it answered to each. Only mails that still wait move: a token may have been
/// used meanwhile.
pub async fn sent(
    db: impl PgExecutor<'_>,
    sent: &[(VerificationId, String)],
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let (ids, answers): (Vec<Uuid>, Vec<&str>) =
        sent.iter().map(|(id, answer)| (id.0, answer.as_str())).unzip();
    sqlx::query(
        "UPDATE verifications v
         SET status = CASE WHEN status = 'pending' THEN 'sent' ELSE status END, sent_at = $3, last_answer = sent.answer
         FROM unnest($1::uuid[], $2::text[]) AS sent (id, answer) WHERE v.id = sent.id",
    )
    .bind(ids)
    .bind(answers)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Notes to where a mail goes now, and in which language.
pub async fn readdress(
    db: impl PgExecutor<'_>,
    id: VerificationId,
    email: &Email,
    locale: Locale,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE verifications SET email = $2, locale = $3 WHERE id = $1")
        .bind(id.0)
        .bind(email.as_str())
        .bind(locale.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// Forgets a mail that nobody is to get any more.
pub async fn forget(db: impl PgExecutor<'_>, id: VerificationId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM verifications WHERE id = $1").bind(id.0).execute(db).await?;
    Ok(())
}

/// It goes again at `due`.
pub async fn postpone(
    db: impl PgExecutor<'_>,
    id: VerificationId,
    answer: &str,
    due: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE verifications SET due_at = $3, last_answer = $2 WHERE id = $1")
        .bind(id.0)
        .bind(answer)
        .bind(due)
        .execute(db)
        .await?;
    Ok(())
}

/// The mail server will never take it.
pub async fn bounced(db: impl PgExecutor<'_>, id: VerificationId, answer: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE verifications SET status = 'bounced', last_answer = $2 WHERE id = $1 AND status = 'pending'",
    )
    .bind(id.0)
    .bind(answer)
    .execute(db)
    .await?;
    Ok(())
}

/// What waits.
pub async fn waiting(db: impl PgExecutor<'_>) -> Result<Waiting, sqlx::Error> {
    pg::waiting(
        db,
        "SELECT count(*) AS depth, min(created_at) AS oldest FROM verifications WHERE status = 'pending'",
    )
    .await
}
