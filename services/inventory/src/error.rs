//! What can go wrong, and what is answered.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use estore_contract::{Code, FieldError, Sku};
use estore_kit::{Problem, epoch::Older, redis};

/// Why a request was not served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such thing.
    #[error("not found")]
    NotFound,
    /// Fields that the types cannot check.
    #[error("fields are not valid")]
    Invalid(Vec<FieldError>),
    /// The SKU is taken.
    #[error("the SKU is taken")]
    SkuExists,
    /// Another version than the client saw.
    #[error("another version")]
    Changed,
    /// The client did not say which version it saw.
    #[error("no If-Match")]
    NoIfMatch,
    /// The category has products or children.
    #[error("the category is in use")]
    CategoryInUse,
    /// Fewer pieces than the field asks for: each short SKU with what is left.
    #[error("insufficient stock")]
    InsufficientStock(&'static str, Vec<(Sku, i64)>),
    /// SKUs that are not for sale.
    #[error("unknown SKU")]
    UnknownSku(Vec<Sku>),
    /// The reservation was released, expired or returned.
    #[error("the reservation is closed: {0}")]
    ReservationClosed(String),
    /// No such reservation.
    #[error("the reservation is unknown")]
    ReservationUnknown,
    /// The reservation is confirmed, so it cannot be released.
    #[error("the reservation is confirmed")]
    AlreadyConfirmed,
    /// The key, or the order's id, was used for something else.
    #[error("the key was used for something else")]
    KeyReused,
    /// The store may be older than it was.
    #[error(transparent)]
    Older(#[from] Older),
    /// The store answered what it never answers: a bug, or another version of the library.
    #[error("unexpected answer of the store: {0}")]
    Unexpected(String),
    /// A read failed.
    #[error(transparent)]
    Read(#[from] ::redis::RedisError),
    /// A write failed; it may have happened.
    #[error("a write failed: {0}")]
    Write(#[source] ::redis::RedisError),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::Invalid(details) => Self::invalid(details),
            Error::SkuExists => Self::new(Code::SkuExists, "There is a product with this SKU already."),
            Error::Changed => {
                Self::new(Code::PreconditionFailed, "The product was changed since; read it again.")
            }
            Error::NoIfMatch => {
                Self::new(Code::PreconditionRequired, "Send If-Match with the ETag that you saw.")
            }
            Error::CategoryInUse => {
                Self::new(Code::CategoryInUse, "The category has products or categories below it.")
            }
            Error::InsufficientStock(field, short) => {
                let details = short.into_iter().map(|(sku, left)| FieldError {
                    sku: Some(sku),
                    available: Some(left),
                    ..FieldError::new(field, format!("{left} left"))
                });
                Self::new(Code::InsufficientStock, "There are not as many pieces left.")
                    .details(details.collect())
            }
            Error::UnknownSku(skus) => {
                let details = skus
                    .into_iter()
                    .map(|sku| FieldError { sku: Some(sku), ..FieldError::new("items", "is not for sale") });
                Self::new(Code::UnknownSku, "There is no such product for sale.")
                    .with_status(StatusCode::NOT_FOUND)
                    .details(details.collect())
            }
            Error::ReservationClosed(status) => {
                Self::new(Code::ReservationClosed, format!("The reservation is {status}."))
            }
            Error::ReservationUnknown => Self::new(Code::ReservationUnknown, "There is no such reservation."),
            Error::AlreadyConfirmed => Self::new(Code::AlreadyConfirmed, "The reservation is confirmed."),
            Error::KeyReused => {
                Self::new(Code::IdempotencyKeyReused, "This key was used for another request.")
            }
            Error::Older(error) => error.into(),
            error @ Error::Unexpected(_) => Self::internal(error),
            Error::Read(error) => redis::problem(error),
            Error::Write(error) => redis::write_problem(error),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
