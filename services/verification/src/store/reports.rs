//! What the User Service must be told.

use estore_contract::{
    UserId, VerificationId,
    verification::{EmailVerified, LinkOutcome},
};
use estore_kit::{metrics::Waiting, pg, trace::Cause};
use sqlx::{PgExecutor, PgPool, Row, postgres::PgRow};
use time::{Duration, OffsetDateTime};

use super::named;

/// A report that this worker may send until its lease ends.
#[derive(Debug)]
pub struct Claimed {
    /// About whom.
    pub user: UserId,
    /// What.
    pub report: EmailVerified,
    /// How often it was tried, this time included.
    pub attempts: u32,
    /// Which trace proved it.
    pub cause: Option<Cause>,
}

/// Claims what is due, at most `limit`, until `lease` from now; other replicas skip it.
pub async fn claim(
    pool: &PgPool,
    limit: i64,
    lease: Duration,
    now: OffsetDateTime,
) -> Result<Vec<Claimed>, sqlx::Error> {
    let rows = sqlx::query(
        "UPDATE reports r SET due_at = $2, attempts = r.attempts + 1 FROM verifications v
         WHERE v.id = r.verification_id AND r.verification_id IN
            (SELECT verification_id FROM reports WHERE done_at IS NULL AND due_at <= $1 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING r.verification_id, r.attempts, r.trace, v.user_id, v.email, v.idempotency_key",
    )
    .bind(now)
    .bind(now + lease)
    .bind(limit)
    .fetch_all(pool)
    .await?;
    rows.iter().map(claimed).collect()
}

fn claimed(row: &PgRow) -> Result<Claimed, sqlx::Error> {
    let report = EmailVerified {
        verification_id: VerificationId(row.try_get("verification_id")?),
        email: named("email", row.try_get("email")?)?,
        idempotency_key: Some(row.try_get("idempotency_key")?),
    };
    Ok(Claimed {
        user: UserId(row.try_get("user_id")?),
        report,
        attempts: u32::try_from(row.try_get::<i32, _>("attempts")?).unwrap_or(0),
        cause: row.try_get::<Option<&str>, _>("trace")?.and_then(Cause::parse),
    })
}

/// The User Service knows, and says what became of the link. One that changed nothing verified nothing.
pub async fn done(
    db: impl PgExecutor<'_>,
    id: VerificationId,
    outcome: LinkOutcome,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "WITH done AS (UPDATE reports SET done_at = $2 WHERE verification_id = $1)
         UPDATE verifications SET status = 'expired' WHERE id = $1 AND status = 'verified' AND $3",
    )
    .bind(id.0)
    .bind(now)
    .bind(outcome == LinkOutcome::Superseded)
    .execute(db)
    .await?;
    Ok(())
}

/// It is told again at `due`.
pub async fn postpone(
    db: impl PgExecutor<'_>,
    id: VerificationId,
    due: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE reports SET due_at = $2 WHERE verification_id = $1")
        .bind(id.0)
        .bind(due)
        .execute(db)
        .await?;
    Ok(())
}

/// What the User Service was not told yet.
pub async fn waiting(db: impl PgExecutor<'_>) -> Result<Waiting, sqlx::Error> {
    pg::waiting(
        db,
        "SELECT count(*) AS depth, min(redeemed_at) AS oldest
         FROM reports JOIN redemptions USING (verification_id) WHERE done_at IS NULL",
    )
    .await
}
