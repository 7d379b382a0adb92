//! Exit codes of failures, which show if a retry can help.

use ::redis::RedisError;
use estore_base::config::ConfigError;
use estore_client::PeerError;
use estore_contract::Code;
use estore_stores::{pg, redis};

#[cfg(feature = "kubernetes")]
use crate::kubernetes::ApiFailure;

/// A retry may succeed (`EX_TEMPFAIL` of sysexits.h).
pub const AGAIN: u8 = 75;
/// The settings are wrong, or a retry cannot help (`EX_CONFIG`).
pub const WRONG: u8 = 78;

/// An audit found a violation.
pub const VIOLATED: u8 = 1;
/// An audit could not read all of the stores.
pub const UNREAD: u8 = 2;

/// An error that no retry can fix.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Wrong(pub(crate) String);

/// Returns the exit code of `error`: [`WRONG`] if one of its causes is final, otherwise [`AGAIN`].
#[must_use]
pub fn code(error: &anyhow::Error) -> u8 {
    let is_final = error.chain().any(|cause| {
        cause.is::<ConfigError>()
            || cause.is::<Wrong>()
            || cause.is::<serde_yaml_ng::Error>()
            || is_final_of_kubernetes(cause)
            || cause.downcast_ref().is_some_and(is_refused)
            || cause.downcast_ref().is_some_and(crate::migrations::is_final)
            || cause.downcast_ref().is_some_and(|error: &sqlx::Error| !is_postgres_away(error))
            || cause.downcast_ref().is_some_and(|error: &RedisError| !redis::is_away(error))
    });
    if is_final { WRONG } else { AGAIN }
}

#[cfg(feature = "kubernetes")]
fn is_final_of_kubernetes(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.downcast_ref().is_some_and(ApiFailure::is_final)
}

#[cfg(not(feature = "kubernetes"))]
fn is_final_of_kubernetes(_cause: &(dyn std::error::Error + 'static)) -> bool {
    false
}

/// Returns whether the answer of a peer is final: only if its code reports an error in the request
/// itself.
fn is_refused(error: &PeerError) -> bool {
    matches!(error.code(), Some(Code::ValidationError | Code::PayloadTooLarge))
}

/// Returns whether Postgres may answer later. A killed server may leave half an answer.
pub(crate) fn is_postgres_away(error: &sqlx::Error) -> bool {
    pg::is_away(error) || matches!(error, sqlx::Error::Protocol(_))
}
