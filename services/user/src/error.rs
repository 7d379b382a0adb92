//! The errors of this service, and the answers that they become.

use axum::response::{IntoResponse, Response};
use estore_client::PeerError;
use estore_contract::{Code, FieldError};
use estore_server::Problem;
use estore_stores::pg;

use crate::passwords::HashError;

/// The reason why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields fail a rule that the types cannot check.
    #[error("fields are not valid")]
    Invalid(Vec<FieldError>),
    /// There is no such account.
    #[error("not found")]
    NotFound,
    /// The address or the password is wrong.
    #[error("invalid credentials")]
    InvalidCredentials,
    /// The caller repeated their password, and it is wrong.
    #[error("wrong password")]
    WrongPassword,
    /// The caller's session ended while the request was served.
    #[error("the session has ended")]
    SessionEnded,
    /// The caller is no longer an admin.
    #[error("the caller is not an admin")]
    NotAdmin,
    /// The account kept changing while the request was served.
    #[error("the account is being changed")]
    Changing,
    /// A refresh token that is not valid.
    #[error("invalid token")]
    InvalidToken,
    /// The password is right, but the address is not verified.
    #[error("the address is not verified")]
    EmailNotVerified,
    /// The password is right, but an admin disabled the account.
    #[error("the account is disabled")]
    AccountDisabled,
    /// An admin would lock themselves out.
    #[error("an admin cannot demote or disable themselves")]
    LastAdmin,
    /// The address book is full.
    #[error("the address book is full")]
    TooManyAddresses,
    /// The Verification Service rejected the email's token.
    #[error("the email's token was refused: {0:?}")]
    MailToken(Code),
    /// Another request is changing the same data at this moment.
    #[error("contended: another request is changing the same account")]
    Contended,
    /// A replica of the Verification Service from the previous release does not say which email a
    /// token was in.
    #[error("the Verification Service did not name the email")]
    OlderPeer,
    /// Too many attempts, or the limiter could not count them.
    #[error("refused by a rate limit")]
    Limited(Problem),
    /// Hashing failed, or the pool is full.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The call to another service failed.
    #[error(transparent)]
    Peer(#[from] PeerError),
    /// Signing failed: a bug.
    #[error(transparent)]
    Sign(#[from] jsonwebtoken::errors::Error),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// A change was not committed, or may be.
    #[error(transparent)]
    Commit(#[from] pg::CommitError),
    /// The answer to the redemption of a token is lost. The token may be used.
    #[error("the outcome of a redemption is unknown: {0}")]
    Unredeemed(PeerError),
    /// A request failed after its token was redeemed.
    #[error("failed after a redemption: {0}")]
    Redeemed(Box<Self>),
}

impl Error {
    /// Marks a failure that comes after the redemption of the request's token. It must not say that
    /// nothing was done. A refusal of the token stays as it is.
    pub(crate) fn after_redemption(self) -> Self {
        if matches!(self, Self::MailToken(_)) { self } else { Self::Redeemed(Box::new(self)) }
    }
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
            Error::NotAdmin => Self::new(Code::Forbidden, "This requires the role admin."),
            Error::Changing => Self::new(Code::Unavailable, "The account is being changed. Try again."),
            Error::InvalidToken => {
                Self::new(Code::InvalidToken, "The refresh token is not valid; log in again.")
            }
            Error::EmailNotVerified => Self::new(Code::EmailNotVerified, "Verify your email address first."),
            Error::AccountDisabled => Self::new(Code::AccountDisabled, "This account is disabled."),
            Error::LastAdmin => {
                Self::new(Code::LastAdmin, "Admins cannot demote or disable themselves; ask another admin.")
            }
            Error::TooManyAddresses => {
                Self::new(Code::TooManyAddresses, "An account has at most 20 addresses; delete one first.")
            }
            Error::MailToken(code) => Self::new(code, "This link was used, has expired, or was never sent."),
            Error::Contended | Error::OlderPeer => Self::unavailable(error),
            Error::Limited(problem) => problem,
            Error::Hash(HashError::Busy) => {
                Self::new(Code::Unavailable, "Too many logins at once. Try again.")
            }
            Error::Hash(error) => Self::internal(error),
            Error::Peer(error @ PeerError::Unknown { .. }) => Self::unavailable(error),
            Error::Peer(error) => Self::internal(error),
            Error::Sign(error) => Self::internal(error),
            Error::Database(error) => Self::postgres(error),
            Error::Commit(error) => Self::postgres_commit(error),
            Error::Unredeemed(error) => Self::outcome_unknown(error),
            Error::Redeemed(error) => {
                let cause = error.to_string();
                let problem = Self::from(*error);
                if problem.code() == Code::Unavailable { Self::outcome_unknown(cause) } else { problem }
            }
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(error: Error) -> Code {
        Problem::from(error.after_redemption()).code()
    }

    #[test]
    fn failure_after_a_redemption_is_an_unknown_outcome() {
        let unavailable = [Error::Database(sqlx::Error::PoolTimedOut), Error::Contended, Error::OlderPeer];
        assert!(unavailable.into_iter().map(code).all(|code| code == Code::OutcomeUnknown));
        assert_eq!(code(Error::AccountDisabled), Code::AccountDisabled);
        assert_eq!(code(Error::MailToken(Code::TokenUsed)), Code::TokenUsed);
    }
}
