//! The errors of this service, and the answers that they become.

use axum::response::{IntoResponse, Response};
use estore_client::PeerError;
use estore_contract::{Code, FieldError};
use estore_server::Problem;
use estore_stores::pg;

/// The reason why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such resource.
    #[error("not found")]
    NotFound,
    /// Fields fail a rule that the types cannot check.
    #[error("fields are not valid")]
    Invalid(Vec<FieldError>),
    /// The token was never sent, or was sent for another purpose.
    #[error("the token is unknown")]
    TokenUnknown,
    /// The token was used before.
    #[error("the token was used")]
    TokenUsed,
    /// The token works, but the User Service let another change take precedence.
    #[error("the token was superseded")]
    Superseded,
    /// The token has expired.
    #[error("the token has expired")]
    TokenExpired,
    /// The User Service did not answer as expected.
    #[error(transparent)]
    Peer(#[from] PeerError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// A change was not committed, or may be.
    #[error(transparent)]
    Commit(#[from] pg::CommitError),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::Invalid(details) => Self::invalid(details),
            Error::TokenUnknown => Self::new(Code::TokenUnknown, "There is no such token."),
            Error::TokenUsed => Self::new(Code::TokenUsed, "This token was used."),
            Error::Superseded => Self::new(
                Code::TokenUsed,
                "This link is no longer valid: another link, a new password or an admin came first.",
            ),
            Error::TokenExpired => {
                Self::new(Code::TokenExpired, "This token has expired; ask for a new email.")
            }
            Error::Peer(error) => Self::unavailable(error),
            Error::Database(error) => Self::postgres(error),
            Error::Commit(error) => Self::postgres_commit(error),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
