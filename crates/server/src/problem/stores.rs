//! The answers for errors of the stores.

use estore_stores::{pg, redis};

use super::Problem;

impl Problem {
    /// Creates the answer for a failed statement: 503 if the database did not answer, otherwise
    /// 500.
    #[must_use]
    pub fn postgres(error: sqlx::Error) -> Self {
        if pg::is_away(&error) { Self::unavailable(error) } else { Self::internal(error) }
    }

    /// Creates the answer for a transaction that is not known to be committed.
    #[must_use]
    pub fn postgres_commit(error: pg::CommitError) -> Self {
        if error.is_unknown() { Self::outcome_unknown(error) } else { Self::postgres(error.into()) }
    }

    /// Creates the answer for a failed read, or for a write that certainly did not happen.
    #[must_use]
    pub fn redis(error: ::redis::RedisError) -> Self {
        if redis::is_away(&error) || redis::is_empty(&error) {
            Self::unavailable(error)
        } else {
            Self::internal(error)
        }
    }

    /// Creates the answer for a failed write. If the store's answer was lost, the outcome is
    /// unknown.
    #[must_use]
    pub fn redis_write(error: ::redis::RedisError) -> Self {
        if redis::is_silent(&error) { Self::outcome_unknown(error) } else { Self::redis(error) }
    }
}
