//! A durable queue in a Postgres table. An entry commits with the change that it reports. A
//! [`Worker`] delivers it at least once, and retries until the receiver accepts it.
//!
//! The table has the columns `attempts` (from 0), `due_at` and `trace` (or null), and columns of
//! its own. Its own columns also show whether an entry still waits. Entries end in the service's
//! terms: a [`Queue`] names the condition, and [`Queue::end`] takes the assignment.

mod lease;
mod pace;
mod worker;

use sqlx::{AssertSqlSafe, PgExecutor, Row, postgres::PgRow};
use time::OffsetDateTime;

pub use lease::{Claimed, Lease};
pub use pace::Pace;
pub use worker::Worker;

use estore_telemetry::{
    metrics::Waiting,
    trace::{self, TraceContext},
};

/// The share of a batch for entries that go ahead: its numerator and denominator.
const AHEAD: (i64, i64) = (3, 4);

/// A queue of entries of the type `E`. Its texts are parts of SQL statements.
pub struct Queue<E> {
    /// The name in metrics and traces.
    pub name: &'static str,
    /// The table.
    pub table: &'static str,
    /// The column with the id of an entry, which is a `uuid`.
    pub id: &'static str,
    /// The text column that tells apart the entries of one id, if the table has one.
    pub part: Option<&'static str>,
    /// The condition that an entry meets until it ends.
    pub waiting: &'static str,
    /// The time since which an entry waits.
    pub since: &'static str,
    /// The columns that `read` needs.
    pub columns: &'static str,
    /// The condition of entries that go ahead of others, if there are such. They take at most
    /// three quarters of a batch before their turn, so that others go on.
    pub ahead: Option<&'static str>,
    /// Reads an entry.
    pub read: fn(&PgRow) -> Result<E, sqlx::Error>,
    /// The batches, leases and pauses.
    pub pace: Pace,
    /// The age at which an entry is given up, and the assignment that ends it.
    pub patience: Option<(time::Duration, &'static str)>,
}

impl<E> Queue<E> {
    /// Runs `write`, an `INSERT` in the caller's transaction, as an enqueue. `write` receives the
    /// trace context to store in `trace`.
    pub async fn enqueue<T, W>(&self, write: impl FnOnce(Option<String>) -> W) -> Result<T, sqlx::Error>
    where
        W: Future<Output = Result<T, sqlx::Error>>,
    {
        let written = async { write(TraceContext::now().map(|cause| cause.to_string())).await };
        trace::send(self.name).run(written).await
    }

    /// Leases due entries, and counts the attempt. Other workers skip them until the lease ends. No
    /// transaction stays open during the delivery.
    pub async fn claim(
        &self,
        db: impl PgExecutor<'_>,
        now: OffsetDateTime,
    ) -> Result<Vec<Claimed<E>>, sqlx::Error> {
        let Self { table, id, waiting, since, columns, .. } = self;
        let part = self.part.unwrap_or("''");
        let key = self.part.map_or_else(|| (*id).to_owned(), |part| format!("{id}, {part}"));
        let ahead = self.ahead.unwrap_or("false");
        let due = format!("SELECT {key} FROM {table} WHERE {waiting} AND due_at <= $1");
        let rows = sqlx::query(AssertSqlSafe(format!(
            "WITH ahead AS ({due} AND {ahead} ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED),
                others AS ({due} AND ({key}) NOT IN (SELECT * FROM ahead)
                    ORDER BY due_at LIMIT $3 - (SELECT count(*) FROM ahead) FOR UPDATE SKIP LOCKED)
             UPDATE {table} SET due_at = $2, attempts = attempts + 1
             WHERE ({key}) IN (SELECT * FROM ahead UNION ALL SELECT * FROM others)
             RETURNING {id} AS lease_id, {part} AS lease_part, attempts, {since} AS since, trace, {columns}"
        )))
        .bind(now)
        .bind(now + self.pace.lease)
        .bind(self.pace.batch)
        .bind(self.pace.batch * AHEAD.0 / AHEAD.1)
        .fetch_all(db)
        .await?;
        Ok(rows.iter().filter_map(|row| self.claimed(row)).collect())
    }

    /// Reads a claimed row. One that cannot be read, perhaps from a later release, must not hold up
    /// the others.
    fn claimed(&self, row: &PgRow) -> Option<Claimed<E>> {
        let claimed = Claimed::read(row, self.read);
        claimed
            .inspect_err(|error| {
                tracing::error!(outbox = self.name, %error, "entry cannot be read; will retry");
            })
            .ok()
    }

    /// Ends an entry. `set` assigns the columns that show it, with `at` as `$4`. Changes nothing,
    /// and returns `false`, if the entry has ended or another worker has claimed it.
    pub async fn end(
        &self,
        db: impl PgExecutor<'_>,
        lease: &Lease,
        set: &'static str,
        at: OffsetDateTime,
    ) -> Result<bool, sqlx::Error> {
        let Self { table, id, waiting, .. } = self;
        let part = self.part.unwrap_or("''");
        let done = sqlx::query(AssertSqlSafe(format!(
            "UPDATE {table} SET {set} WHERE {id} = $1 AND {part} = $2 AND attempts = $3 AND {waiting}"
        )))
        .bind(lease.id)
        .bind(&lease.part)
        .bind(i64::from(lease.attempts))
        .bind(at)
        .execute(db)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Ends a lease, and makes the entry due at `due`. Returns `false` as [`Self::end`] does.
    pub async fn postpone(
        &self,
        db: impl PgExecutor<'_>,
        lease: &Lease,
        due: OffsetDateTime,
    ) -> Result<bool, sqlx::Error> {
        self.end(db, lease, "due_at = $4", due).await
    }

    /// Returns the number of waiting entries, and the time since which the oldest waits.
    pub async fn waiting(&self, db: impl PgExecutor<'_>) -> Result<Waiting, sqlx::Error> {
        let Self { table, waiting, since, .. } = self;
        let text = format!("SELECT count(*) AS depth, min({since}) AS oldest FROM {table} WHERE {waiting}");
        let row = sqlx::query(AssertSqlSafe(text)).fetch_one(db).await?;
        Ok(Waiting { depth: row.try_get("depth")?, oldest: row.try_get("oldest")? })
    }
}
