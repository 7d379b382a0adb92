//! The reasons for which a request gets another page than the one that it asked for. The layer
//! around all pages shows them.

use axum::response::{IntoResponse, Response};

use crate::api::ApiError;

/// The reason for which a page is not shown.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Error {
    #[error("there is no such page")]
    NotFound,
    #[error("the path does not allow the method")]
    MethodNotAllowed,
    /// The page is for visitors who are logged in.
    #[error("a login is needed")]
    LoginNeeded,
    /// The visitor is logged in, but the User Service does not answer.
    #[error("the session waits for the User Service")]
    SessionWaits,
    #[error("the form comes from another site")]
    OtherSite,
    /// The form has no token, or that of another visitor: its cookie is gone.
    #[error("the form has expired")]
    FormExpired,
    #[error("the form cannot be read")]
    BadForm,
    #[error("the body is no form")]
    NoForm,
    #[error("the form is too long")]
    FormTooLong,
    #[error("the file is too large")]
    FileTooLarge,
    /// A call failed, and the page is nothing without it.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// A template failed, which is a bug.
    #[error("template: {0}")]
    Template(String),
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Self {
        Self::Template(error.to_string())
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(self);
        response
    }
}
