//! The epoch, raised with each backup (order-flow section 7).

use sqlx::{PgPool, query_scalar};

/// Returns the epoch, or 0 before the database was prepared.
pub async fn latest(database: &PgPool) -> Result<i64, sqlx::Error> {
    let epoch = query_scalar::<_, Option<i64>>("SELECT max(epoch) FROM epochs").fetch_one(database).await;
    match epoch {
        // Services may start before their database is migrated, when there is no table yet.
        Err(sqlx::Error::Database(refused)) if refused.code().as_deref() == Some("42P01") => Ok(0),
        epoch => Ok(epoch?.unwrap_or(0)),
    }
}
