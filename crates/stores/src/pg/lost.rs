//! Statements whose answer never comes, because the way to the server is gone and nobody said so.
//! The kernel would notice after a quarter of an hour.

use std::{
    io,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use sqlx::{Connection, PgConnection};
use tokio::time::{Instant, timeout};

/// The longest answer of a server: the limit of a statement, and some time for the way.
const ANSWER: Duration = Duration::from_secs(6);
/// The same, with the wait for a connection.
const STATEMENT: Duration = Duration::from_secs(8);
/// The longest answer on a connection that runs no statement. A machine without a free core must
/// not lose its connections for that: to connect again costs more. The check is a part of the wait
/// for a connection ([`ACQUIRE`](super::ACQUIRE)), and leaves half of it for a new one.
const IDLE: Duration = Duration::from_secs(1);
/// The time for which returned connections are checked after an answer did not come.
const WATCHFUL: Duration = Duration::from_mins(1);

/// The end of that time.
static UNTIL: Mutex<Option<Instant>> = Mutex::new(None);

/// Runs a statement that no deadline of a request ends, such as one of a job. If its answer does
/// not come, returns an I/O error, and the pool closes the connection. The effect of the statement
/// is unknown then.
pub async fn within<T>(statement: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    limited(STATEMENT, statement).await
}

/// Checks a connection that was not used for a while.
pub(super) async fn check_idle(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    limited(IDLE, connection.ping()).await
}

/// Checks a connection that is returned to the pool, if an answer did not come lately: the check
/// costs a trip. The pool checks each one, but without a limit, and the place of the connection is
/// taken until then. The statement that ran last may still run.
pub(super) async fn check_used(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let until = *UNTIL.lock().unwrap_or_else(PoisonError::into_inner);
    if until.is_none_or(|until| Instant::now() > until) {
        return Ok(());
    }
    limited(ANSWER, connection.ping()).await
}

/// Does the same as [`within`], with another `limit`. It includes the wait for a connection.
pub async fn limited<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let Ok(answer) = timeout(limit, answer).await else {
        *UNTIL.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + WATCHFUL);
        return Err(io::Error::from(io::ErrorKind::TimedOut).into());
    };
    answer
}
