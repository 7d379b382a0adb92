//! What can go wrong, and what is answered.

use axum::response::{IntoResponse, Response};
use estore_contract::{Code, FieldError, OrderId};
use estore_kit::{Problem, epoch::Older, redis};

/// Why a request was not served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such thing, or not the caller's.
    #[error("not found")]
    NotFound,
    /// Fields that the types cannot check.
    #[error("fields are not valid")]
    Invalid(Vec<FieldError>),
    /// No such saved card of the caller's.
    #[error("no such payment method")]
    NoMethod,
    /// The key was used for another body; the order that it made, where there is one.
    #[error("the key was used for another body")]
    KeyReused(Option<OrderId>),
    /// The key made an order that was archived.
    #[error("the order was archived")]
    Archived(OrderId),
    /// The key saved a card that was deleted since.
    #[error("the key's card was deleted")]
    MethodDeleted,
    /// The order has more pieces than a user may have under way.
    #[error("more than {0} pieces")]
    TooManyUnits(u32),
    /// Too many orders under way.
    #[error("too many orders under way")]
    TooManyOrders,
    /// As many saved cards as a user may have.
    #[error("too many saved cards")]
    TooManyMethods,
    /// The order is not completed.
    #[error("the order is not completed")]
    NotRefundable,
    /// The account is closed.
    #[error("the account is closed")]
    Closed,
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
            Error::NoMethod => Self::new(Code::PaymentMethodNotFound, "There is no such saved card."),
            Error::KeyReused(order) => {
                let problem = Self::new(Code::IdempotencyKeyReused, "This key was used for another body.");
                order.into_iter().fold(problem, Self::order_id)
            }
            Error::Archived(order) => {
                Self::new(Code::OrderArchived, "This key made an order that was archived.").order_id(order)
            }
            Error::MethodDeleted => Self::new(
                Code::PaymentMethodDeleted,
                "This key saved a card that was deleted; use another key to save it again.",
            ),
            Error::TooManyUnits(most) => Self::field("items", format!("must come to at most {most} pieces")),
            // They end by themselves.
            Error::TooManyOrders => Self::new(Code::RateLimited, "There are too many orders under way.")
                .retry_after(std::time::Duration::from_secs(10)),
            Error::TooManyMethods => Self::new(
                Code::TooManyPaymentMethods,
                "There are as many saved cards as an account may have; delete one first.",
            ),
            Error::NotRefundable => {
                Self::new(Code::OrderNotRefundable, "Only a completed order is refunded.")
            }
            Error::Closed => Self::new(Code::AccountDisabled, "This account is closed."),
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
