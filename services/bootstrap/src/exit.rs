//! What an exit code tells of a failure: whether to try again.

use ::redis::RedisError;
use estore_contract::Code;
use estore_kit::{config::ConfigError, peer::PeerError, pg, redis};

use crate::kubernetes::ApiFailure;

/// Trying again may work (`EX_TEMPFAIL` of sysexits.h).
pub const AGAIN: u8 = 75;
/// The settings are wrong, or a repeat cannot mend it (`EX_CONFIG`).
pub const WRONG: u8 = 78;

/// What no repeat mends.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Wrong(pub(crate) String);

/// The code for `error`: [`WRONG`] where one of its causes is known to be final, else [`AGAIN`].
#[must_use]
pub fn code(error: &anyhow::Error) -> u8 {
    let is_final = error.chain().any(|cause| {
        cause.is::<ConfigError>()
            || cause.is::<Wrong>()
            || cause.is::<serde_yaml_ng::Error>()
            || cause.downcast_ref().is_some_and(ApiFailure::is_final)
            || cause.downcast_ref().is_some_and(is_refused)
            || cause.downcast_ref().is_some_and(crate::migrations::is_final)
            || cause.downcast_ref().is_some_and(|error: &sqlx::Error| !is_postgres_away(error))
            || cause.downcast_ref().is_some_and(|error: &RedisError| !redis::is_away(error))
    });
    if is_final { WRONG } else { AGAIN }
}

/// A peer's answer is final only where its code says that the request itself is wrong.
fn is_refused(error: &PeerError) -> bool {
    matches!(error.code(), Some(Code::ValidationError | Code::PayloadTooLarge))
}

/// Whether Postgres may answer later. A server that is killed may leave half an answer.
pub(crate) fn is_postgres_away(error: &sqlx::Error) -> bool {
    pg::is_away(error) || matches!(error, sqlx::Error::Protocol(_))
}
