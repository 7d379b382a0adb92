//! Tokens: made for each attempt to send a mail, used once.

use estore_contract::{
    UserId, VerificationId,
    verification::{Purpose, Redeemed},
};
use estore_kit::trace::{self, Cause};
use sqlx::{PgExecutor, PgPool, Row};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::named;
use crate::{Error, domain::MailToken};

/// For how long the same attempt gets its answer again.
const REPEAT: Duration = Duration::minutes(10);

/// Makes a token known, before the mail with it goes out.
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
pub struct Good {
    /// What it is for.
    pub purpose: Purpose,
    /// The account.
    pub user: UserId,
    /// The asker's name for the mail.
    pub idempotency_key: String,
}

/// Looks at a token without using it.
pub async fn look(db: impl PgExecutor<'_>, token: &MailToken, now: OffsetDateTime) -> Result<Good, Error> {
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
        Ok(Good {
            purpose: named("purpose", row.try_get("purpose")?)?,
            user: UserId(row.try_get("user_id")?),
            idempotency_key: row.try_get("idempotency_key")?,
        })
    }
}

/// The use of a token.
#[derive(Debug)]
pub struct Use<'a> {
    /// Which.
    pub token: &'a MailToken,
    /// What its mail may be for.
    pub purposes: &'a [Purpose],
    /// The attempt's name: the same one gets the same answer for ten minutes.
    pub attempt: Uuid,
    /// When the report to the User Service is due.
    pub report_at: OffsetDateTime,
}

/// Uses a token: once, except that the same attempt gets the same answer for ten minutes. The report to the User Service commits with it,
/// unless the link is for a password, which is set there.
pub async fn redeem(pool: &PgPool, wanted: Use<'_>, now: OffsetDateTime) -> Result<Redeemed, Error> {
    let Use { token, purposes, attempt, report_at } = wanted;
    let mut db = pool.begin().await?;
    // The lock on the mail's row lets one of parallel attempts through first, whichever of its tokens they have.
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
        email: named("email", row.try_get("email")?)?,
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
    if named::<Purpose>("purpose", row.try_get("purpose")?)? != Purpose::PasswordReset {
        let written = async {
            sqlx::query("INSERT INTO reports (verification_id, due_at, trace) VALUES ($1, $2, $3)")
                .bind(id.0)
                .bind(report_at)
                .bind(Cause::now().map(|cause| cause.to_string()))
                .execute(&mut *db)
                .await
        };
        trace::send("reports").run(written).await?;
    }
    db.commit().await?;
    Ok(redeemed)
}

/// Forgets tokens that ended before `before`.
pub async fn forget(db: impl PgExecutor<'_>, before: OffsetDateTime) -> Result<u64, sqlx::Error> {
    Ok(sqlx::query("DELETE FROM tokens WHERE expires_at < $1")
        .bind(before)
        .execute(db)
        .await?
        .rows_affected())
}
