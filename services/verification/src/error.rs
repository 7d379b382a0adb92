//! What can go wrong, and what is answered.

use axum::response::{IntoResponse, Response};
use estore_contract::{Code, FieldError};
use estore_kit::{Problem, peer::PeerError, pg};

/// Why a request was not served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such thing.
    #[error("not found")]
    NotFound,
    /// Fields that the types cannot check.
    #[error("fields are not valid")]
    Invalid(Vec<FieldError>),
    /// We never mailed this token, or for something else.
    #[error("the token is unknown")]
    TokenUnknown,
    /// It was used.
    #[error("the token was used")]
    TokenUsed,
    /// It works, but the User Service let something else count.
    #[error("the token was superseded")]
    Superseded,
    /// It is too old.
    #[error("the token has expired")]
    TokenExpired,
    /// What is stored cannot be read: a bug.
    #[error("stored badly: {0}")]
    Stored(String),
    /// The User Service did not answer as it should.
    #[error(transparent)]
    Peer(#[from] PeerError),
    /// The database.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
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
                "This link does not count any more: another link, a new password or an admin came first.",
            ),
            Error::TokenExpired => {
                Self::new(Code::TokenExpired, "This token is too old; ask for a new mail.")
            }
            error @ Error::Stored(_) => Self::internal(error),
            Error::Peer(error) => Self::unavailable(error),
            Error::Database(error) => pg::problem(error),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
