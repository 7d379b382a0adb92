//! The end of a transaction.

use sqlx::{Postgres, Transaction};

/// The reason for which a transaction is not known to be committed.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct CommitError(sqlx::Error);

impl CommitError {
    /// The error of a write that is a transaction of its own.
    #[must_use]
    pub fn of_statement(error: sqlx::Error) -> Self {
        Self(error)
    }

    /// Returns true if the answer to `COMMIT` was lost, so the transaction may be committed.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        use sqlx::Error::{Io, Protocol, Tls, WorkerCrashed};
        matches!(self.0, Io(_) | Tls(_) | Protocol(_) | WorkerCrashed)
    }
}

/// For callers that repeat their work in any case, such as jobs.
impl From<CommitError> for sqlx::Error {
    fn from(CommitError(error): CommitError) -> Self {
        error
    }
}

/// Commits a transaction.
#[expect(clippy::disallowed_methods, reason = "the one place that commits transactions")]
pub async fn commit(transaction: Transaction<'_, Postgres>) -> Result<(), CommitError> {
    transaction.commit().await.map_err(CommitError)
}
