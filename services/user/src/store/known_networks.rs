//! The networks from which an account's owner has lately logged in or reset the password. Networks
//! are stored as keyed hashes, bound to the account.

use estore_contract::UserId;
use sqlx::PgExecutor;
use time::{Duration, OffsetDateTime};

/// The time for which a network stays known without a login or a reset.
const MEMORY: Duration = Duration::days(30);
/// The most networks known for an account. The latest ones are kept.
const MOST: i64 = 10;

/// A keyed hash of a network.
pub type NetworkHash = [u8; 32];

/// Reports whether the network with one of these hashes is known for the account. There is one hash
/// for each key in use.
pub async fn is_known(
    db: impl PgExecutor<'_>,
    user: UserId,
    hashes: &[NetworkHash],
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

/// Records a login or a reset of the password from a network.
pub async fn note(
    db: impl PgExecutor<'_>,
    user: UserId,
    network: &NetworkHash,
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
    .bind(network.as_slice())
    .bind(now)
    .bind(MOST - 1)
    .execute(db)
    .await?;
    Ok(())
}

/// Forgets the networks of an account, except those with one of the hashes `but`.
pub async fn forget_of(
    db: impl PgExecutor<'_>,
    user: UserId,
    but: &[NetworkHash],
) -> Result<(), sqlx::Error> {
    let but: Vec<Vec<u8>> = but.iter().map(|hash| hash.to_vec()).collect();
    sqlx::query("DELETE FROM familiar_addresses WHERE user_id = $1 AND address <> ALL($2)")
        .bind(user.0)
        .bind(but)
        .execute(db)
        .await?;
    Ok(())
}

/// Deletes networks that are no longer known.
pub async fn forget(db: impl PgExecutor<'_>, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM familiar_addresses WHERE last_at <= $1").bind(now - MEMORY).execute(db).await?;
    Ok(())
}
