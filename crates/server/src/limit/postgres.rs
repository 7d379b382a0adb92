//! Buckets in Postgres.

use std::time::Duration;

use estore_stores::pg;
use sqlx::{PgExecutor, PgPool};

use super::buckets::{Bucket, micros};

/// The longest wait for cells. It ends before that of the boundary does. After an answer that did
/// not come, the pool checks its connections. After a request that was dropped, it does not.
const ANSWER: Duration = Duration::from_secs(3);

/// Returns the number of cells taken, and the room left in each bucket.
pub(super) async fn take(pool: &PgPool, buckets: &[Bucket], most: u32) -> Result<Vec<i64>, sqlx::Error> {
    let keys: Vec<Vec<u8>> = buckets.iter().map(|bucket| bucket.key.to_vec()).collect();
    let intervals: Vec<i64> = buckets.iter().map(|bucket| micros(bucket.rule.policy.interval())).collect();
    let bursts: Vec<i64> = buckets.iter().map(|bucket| i64::from(bucket.rule.policy.burst())).collect();
    let taken = sqlx::query_scalar("SELECT take_cells($1, $2, $3, $4)")
        .bind(i64::from(most))
        .bind(keys)
        .bind(intervals)
        .bind(bursts);
    pg::limited(ANSWER, taken.fetch_one(pool)).await
}

/// Deletes the buckets that are full again, because an absent bucket is full too. Returns their
/// number. In Redis they expire by themselves.
pub async fn sweep(db: impl PgExecutor<'_>) -> Result<u64, sqlx::Error> {
    // Skips rows that are being charged: waiting for them could lead to a deadlock.
    let done = sqlx::query(
        "DELETE FROM rate_limits WHERE key IN (SELECT key FROM rate_limits
            WHERE full_at < extract(epoch FROM clock_timestamp()) * 1000000 LIMIT 10000 FOR UPDATE SKIP LOCKED)",
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}
