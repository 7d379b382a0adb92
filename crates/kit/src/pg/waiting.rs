//! What waits in an outbox of a database.

use sqlx::{PgExecutor, Row};

use crate::metrics::Waiting;

/// What `query` finds: its columns are `depth`, how many wait, and `oldest`, since when the first of them does or null.
pub async fn waiting(db: impl PgExecutor<'_>, query: &'static str) -> Result<Waiting, sqlx::Error> {
    let row = sqlx::query(query).fetch_one(db).await?;
    Ok(Waiting { depth: row.try_get("depth")?, oldest: row.try_get("oldest")? })
}
