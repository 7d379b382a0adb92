//! The errors of the API, and the answers to them.

use axum::response::{IntoResponse, Response};
use estore_contract::FieldError;
use estore_server::Problem;

/// The reason why a request failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A field fails a check that its type cannot make.
    #[error("a field is not valid")]
    Invalid(FieldError),
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self {
            Self::Invalid(field) => Problem::invalid(vec![field]).into_response(),
        }
    }
}
