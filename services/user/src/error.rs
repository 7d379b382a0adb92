//! What can go wrong, and what is answered.

use axum::response::{IntoResponse, Response};
use estore_contract::{Code, FieldError};
use estore_kit::{Problem, peer::PeerError, pg};

use crate::domain::HashError;

/// Why a request was not served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields that the types cannot check.
    #[error("fields are not valid")]
    Invalid(Vec<FieldError>),
    /// No such account.
    #[error("not found")]
    NotFound,
    /// Wrong address or password.
    #[error("invalid credentials")]
    InvalidCredentials,
    /// The caller's password, asked for again, is wrong.
    #[error("wrong password")]
    WrongPassword,
    /// The caller's session ended while the request was served.
    #[error("the session has ended")]
    SessionEnded,
    /// The caller is no admin any more.
    #[error("the caller is not an admin")]
    NotAdmin,
    /// The account was changed again and again while the request was served.
    #[error("the account is changed at this moment")]
    Changing,
    /// A refresh token that brings nothing.
    #[error("invalid token")]
    InvalidToken,
    /// The right password, but the address is not proven.
    #[error("the address is not verified")]
    EmailNotVerified,
    /// The right password, but an admin said no.
    #[error("the account is disabled")]
    AccountDisabled,
    /// An admin would lock themselves out.
    #[error("an admin cannot demote or disable themselves")]
    LastAdmin,
    /// The Verification Service refused the mail's token.
    #[error("the mail's token was refused: {0:?}")]
    MailToken(Code),
    /// Somebody else changes the same at this moment.
    #[error("contended: somebody else changes the same")]
    Contended,
    /// A replica of the Verification Service of the release before does not say which mail a token was in.
    #[error("the Verification Service does not say which mail it was")]
    OlderPeer,
    /// Too many tries, or nobody can tell how many there were.
    #[error("refused by a rate limit")]
    Limited(Problem),
    /// Passwords are hashed only so fast.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The Verification Service did not answer.
    #[error(transparent)]
    Peer(#[from] PeerError),
    /// Signing failed: a bug.
    #[error(transparent)]
    Sign(#[from] jsonwebtoken::errors::Error),
    /// The database.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(details) => Self::invalid(details),
            Error::NotFound => Self::not_found(),
            Error::InvalidCredentials => {
                Self::new(Code::InvalidCredentials, "The address or the password is wrong.")
            }
            Error::WrongPassword => Self::new(Code::WrongPassword, "The password is wrong."),
            Error::SessionEnded => {
                Self::new(Code::InvalidToken, "The access token is not valid; log in again.")
            }
            Error::NotAdmin => Self::new(Code::Forbidden, "This needs the role admin."),
            Error::Changing => {
                Self::new(Code::Unavailable, "The account is changed at this moment. Try again.")
            }
            Error::InvalidToken => {
                Self::new(Code::InvalidToken, "The refresh token is not valid; log in again.")
            }
            Error::EmailNotVerified => Self::new(Code::EmailNotVerified, "Verify your e-mail address first."),
            Error::AccountDisabled => Self::new(Code::AccountDisabled, "This account is disabled."),
            Error::LastAdmin => {
                Self::new(Code::LastAdmin, "Ask another admin: nobody can demote or disable themselves.")
            }
            Error::MailToken(code) => Self::new(code, "This link was used, is too old, or was never sent."),
            Error::Contended | Error::OlderPeer => Self::unavailable(error),
            Error::Limited(problem) => problem,
            Error::Hash(HashError::Busy) => {
                Self::new(Code::Unavailable, "Too many people log in at this moment. Try again.")
            }
            Error::Hash(error) => Self::internal(error),
            Error::Peer(error @ PeerError::Unknown { .. }) => Self::unavailable(error),
            Error::Peer(error) => Self::internal(error),
            Error::Sign(error) => Self::internal(error),
            Error::Database(error) => pg::problem(error),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
