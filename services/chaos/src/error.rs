//! The errors of this program, and the answers that they become.

use axum::response::{IntoResponse, Response};
use estore_contract::{Code, FieldError};
use estore_server::Problem;

use crate::domain::AlreadyActive;

/// The reason why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields fail a check that their types cannot make, or the fault is not offered here.
    #[error("fields are not valid")]
    Invalid(Vec<FieldError>),
    /// A fault of this kind hits this component already.
    #[error(transparent)]
    AlreadyActive(#[from] AlreadyActive),
    /// The leftovers of an earlier run are not removed yet.
    #[error("faults of an earlier run are still being ended")]
    Recovering,
    /// The timetable was removed before its next fault began.
    #[error("the timetable was removed")]
    Removed,
    /// Some faults take too long to end.
    #[error("some faults have not ended yet")]
    StillEnding,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(details) => Self::invalid(details),
            Error::AlreadyActive(error) => {
                Self::new(Code::FaultActive, "This fault is active already; end it first.").caused_by(error)
            }
            error @ (Error::Recovering | Error::Removed | Error::StillEnding) => Self::unavailable(error),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
