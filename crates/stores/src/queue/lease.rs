//! The right of one worker to deliver one entry.

use estore_telemetry::trace::TraceContext;
use sqlx::{Row, postgres::PgRow};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::pg;

/// The right to deliver an entry until the lease ends. A claim counts the attempt, so the count
/// tells this lease from every later one: it is the fencing token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The id of the entry.
    pub id: Uuid,
    /// The part of the id, or an empty text.
    pub part: String,
    /// The number of attempts, including this one.
    pub attempts: u32,
}

impl Lease {
    /// Returns the lease of the writer of an entry: it ends when the entry is first due.
    #[must_use]
    pub const fn first(id: Uuid) -> Self {
        Self { id, part: String::new(), attempts: 0 }
    }
}

/// An entry that this worker may deliver.
#[derive(Debug)]
pub struct Claimed<E> {
    /// The right to deliver it.
    pub lease: Lease,
    /// The time since which it waits.
    pub since: OffsetDateTime,
    /// The trace context of the request that enqueued it.
    pub cause: Option<TraceContext>,
    /// The entry.
    pub entry: E,
}

impl<E> Claimed<E> {
    pub(super) fn read(
        row: &PgRow,
        entry: fn(&PgRow) -> Result<E, sqlx::Error>,
    ) -> Result<Self, sqlx::Error> {
        let lease = Lease {
            id: row.try_get("lease_id")?,
            part: row.try_get("lease_part")?,
            attempts: pg::count(row, "attempts")?,
        };
        let cause = row.try_get::<Option<&str>, _>("trace")?.and_then(TraceContext::parse);
        Ok(Self { lease, since: row.try_get("since")?, cause, entry: entry(row)? })
    }
}
