//! Addresses that accounts move to.

use estore_contract::{Email, UserId};
use sqlx::PgExecutor;
use time::OffsetDateTime;

/// Notes where an account moves to; the last wish counts.
pub async fn wish(
    db: impl PgExecutor<'_>,
    user: UserId,
    new: &Email,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO email_changes (user_id, new_email, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE SET new_email = excluded.new_email, created_at = excluded.created_at",
    )
    .bind(user.0)
    .bind(new.as_str())
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Where an account moves to.
pub async fn wished(db: impl PgExecutor<'_>, user: UserId) -> Result<Option<Email>, sqlx::Error> {
    let email: Option<String> = sqlx::query_scalar("SELECT new_email FROM email_changes WHERE user_id = $1")
        .bind(user.0)
        .fetch_optional(db)
        .await?;
    email.map(|email| email.parse()).transpose().map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// The account moves to `new`, proven, where that is its wish and no other account has it. Whether it did.
pub async fn fulfil(
    db: impl PgExecutor<'_>,
    user: UserId,
    new: &Email,
    now: OffsetDateTime,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "WITH wish AS (DELETE FROM email_changes WHERE user_id = $1 AND new_email = $2 RETURNING user_id)
         UPDATE users SET email = $2, email_verified_at = $3, updated_at = $3 FROM wish
         WHERE id = wish.user_id AND NOT EXISTS (SELECT FROM users WHERE email = $2)",
    )
    .bind(user.0)
    .bind(new.as_str())
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}
