//! The begin of a transaction.

use estore_telemetry::trace;
use sqlx::{PgPool, Postgres, Transaction};

/// Begins a transaction, in a task that ends even if the caller goes away.
///
/// A request may be dropped at any point, for example if its client hangs up. Dropped between
/// `BEGIN` and its answer, sqlx would not know of the transaction, and would return the connection
/// to the pool within it. Later statements on that connection would be answered, but not committed.
#[expect(clippy::disallowed_methods, reason = "the one place that begins transactions")]
pub async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let pool = pool.clone();
    let begun = tokio::spawn(trace::carry(async move { pool.begin().await }));
    begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
}
