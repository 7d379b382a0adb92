//! From where an account's owner logged in lately. Addresses come as keyed hashes, bound to the account.

use estore_contract::UserId;
use sqlx::PgExecutor;
use time::{Duration, OffsetDateTime};

/// How long an address is known without a login.
const MEMORY: Duration = Duration::days(30);
/// How many are known of an account, the latest.
const MOST: i64 = 10;

/// A keyed hash of an address.
pub type Address = [u8; 32];

/// Whether the account logged in lately from the address that has one of these hashes: one for each key that is in use.
pub async fn is_known(
    db: impl PgExecutor<'_>,
    user: UserId,
    hashes: &[Address],
    now: OffsetDateTime,
) -> Result<bool, sqlx::Error> {
    let hashes: Vec<Vec<u8>> = hashes.iter().map(|hash| hash.to_vec()).collect();
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM familiar_addresses WHERE user_id = $1 AND address = ANY($2) AND last_at > $3)",
    )
    .bind(user.0)
    .bind(hashes)
    .bind(now - MEMORY)
    .fetch_one(db)
    .await
}

/// Notes a login from an address.
pub async fn note(
    db: impl PgExecutor<'_>,
    user: UserId,
    address: &Address,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "WITH forgotten AS (DELETE FROM familiar_addresses WHERE user_id = $1 AND address IN
            (SELECT address FROM familiar_addresses WHERE user_id = $1 AND address <> $2
             ORDER BY last_at DESC, address OFFSET $4))
         INSERT INTO familiar_addresses (user_id, address, last_at) VALUES ($1, $2, $3)
         ON CONFLICT (user_id, address) DO UPDATE SET last_at = excluded.last_at",
    )
    .bind(user.0)
    .bind(address.as_slice())
    .bind(now)
    .bind(MOST - 1)
    .execute(db)
    .await?;
    Ok(())
}

/// Forgets those that are not known any more.
pub async fn forget(db: impl PgExecutor<'_>, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM familiar_addresses WHERE last_at <= $1").bind(now - MEMORY).execute(db).await?;
    Ok(())
}
