//! The errors of this service, and the answers that they become.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use estore_contract::{Code, FieldError, Sku};
use estore_server::{Problem, epoch::StaleStore};

/// The reason why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such resource.
    #[error("not found")]
    NotFound,
    /// Fields fail a rule that the types cannot check.
    #[error("fields are not valid")]
    Invalid(Vec<FieldError>),
    /// Another product has the SKU.
    #[error("the SKU is taken")]
    SkuExists,
    /// The product has another version than the one that the client saw.
    #[error("another version")]
    Changed,
    /// The client did not send the version that it saw.
    #[error("no If-Match")]
    NoIfMatch,
    /// The category has products or children.
    #[error("the category is in use")]
    CategoryInUse,
    /// The stock is less than the field requests: each short SKU with the units left.
    #[error("insufficient stock")]
    InsufficientStock(&'static str, Vec<(Sku, i64)>),
    /// SKUs that are not for sale.
    #[error("unknown SKU")]
    UnknownSku(Vec<Sku>),
    /// The index is being loaded, or lags, and the store cannot answer instead.
    #[error("the catalogue is being loaded")]
    NotIndexed,
    /// Uploaded images have no room left.
    #[error("uploaded images have no room left")]
    NoRoom,
    /// The reservation was released, expired or returned.
    #[error("the reservation is closed: {0}")]
    ReservationClosed(String),
    /// There is no such reservation.
    #[error("the reservation is unknown")]
    ReservationUnknown,
    /// The reservation is confirmed, so it cannot be released.
    #[error("the reservation is confirmed")]
    AlreadyConfirmed,
    /// The idempotency key, or the order's id, was used for another request.
    #[error("the key was used for another request")]
    KeyReused,
    /// The store may be older than it was.
    #[error(transparent)]
    StaleStore(#[from] StaleStore),
    /// The store sent an answer that it never sends: a bug, or another version of the library.
    #[error("unexpected answer of the store: {0}")]
    Unexpected(String),
    /// A read failed, so nothing happened.
    #[error(transparent)]
    NothingHappened(#[from] ::redis::RedisError),
    /// A write failed, and its outcome is unknown.
    #[error("a write failed, its outcome is unknown: {0}")]
    OutcomeUnknown(#[source] ::redis::RedisError),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::Invalid(details) => Self::invalid(details),
            Error::SkuExists => Self::new(Code::SkuExists, "There is a product with this SKU already."),
            Error::Changed => Self::new(Code::PreconditionFailed, "The product has changed; read it again."),
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
                Self::new(Code::InsufficientStock, "There are not enough units left.")
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
            error @ Error::NotIndexed => Self::unavailable(error),
            Error::NoRoom => Self::new(
                Code::PayloadTooLarge,
                "Uploaded images have no room left; raise UPLOADED_IMAGE_BYTES.",
            ),
            Error::ReservationClosed(status) => {
                Self::new(Code::ReservationClosed, format!("The reservation is {status}."))
            }
            Error::ReservationUnknown => Self::new(Code::ReservationUnknown, "There is no such reservation."),
            Error::AlreadyConfirmed => Self::new(Code::AlreadyConfirmed, "The reservation is confirmed."),
            Error::KeyReused => {
                Self::new(Code::IdempotencyKeyReused, "This key was used for another request.")
            }
            Error::StaleStore(error) => error.into(),
            error @ Error::Unexpected(_) => Self::internal(error),
            Error::NothingHappened(error) => Problem::redis(error),
            Error::OutcomeUnknown(error) => Problem::redis_write(error),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
