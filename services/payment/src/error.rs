//! The service's errors, and the responses to them.

use axum::response::{IntoResponse, Response};
use estore_contract::{Code, FieldError, OrderId};
use estore_server::{Problem, epoch::StaleStore};

use crate::domain::Refusal;

/// The reason why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Missing, or not the caller's.
    #[error("not found")]
    NotFound,
    /// Several orders have the number.
    #[error("several orders have this number")]
    SeveralOrders,
    /// Fields that fail a check which their types cannot make.
    #[error("fields are not valid")]
    Invalid(Vec<FieldError>),
    /// The caller has no such saved card.
    #[error("no such payment method")]
    NoMethod,
    /// The key was used for another body; the order that it made, if any.
    #[error("the key was used for another body")]
    KeyReused(Option<OrderId>),
    /// The key made an order that was archived.
    #[error("the order was archived")]
    Archived(OrderId),
    /// The key saved a card that was deleted since.
    #[error("the key's card was deleted")]
    MethodDeleted,
    /// The order has more units than a user may have in progress.
    #[error("more than {0} units")]
    TooManyUnits(u32),
    /// Too many orders in progress.
    #[error("too many orders in progress")]
    TooManyOrders,
    /// The user already has the maximum number of saved cards.
    #[error("too many saved cards")]
    TooManyMethods,
    /// The gateway and the order disagree about refunds; how.
    #[error("order and gateway disagree: it {0}")]
    Disagrees(&'static str),
    /// The key's order was lost, and written again without its user.
    #[error("the order was lost")]
    Lost(OrderId),
    /// The order is not completed.
    #[error("the order is not completed")]
    NotRefundable,
    /// The order has refunds without keys, which were restored from the gateway. The request may be
    /// one of them.
    #[error("refunds were restored that the request has not seen")]
    RefundsFound,
    /// The account is closed.
    #[error("the account is closed")]
    Closed,
    /// The store may be stale.
    #[error(transparent)]
    StaleStore(#[from] StaleStore),
    /// The store gave an answer that it never gives: a bug, or another version of the library.
    #[error("unexpected answer of the store: {0}")]
    Unexpected(String),
    /// A read failed, so nothing happened.
    #[error(transparent)]
    NothingHappened(#[from] ::redis::RedisError),
    /// A write failed and its outcome is unknown: it may have happened.
    #[error("a write failed, its outcome is unknown: {0}")]
    OutcomeUnknown(#[source] ::redis::RedisError),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::SeveralOrders => {
                Self::new(Code::NotFound, "Several orders have this number; name the order by its id.")
            }
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
            Error::TooManyUnits(most) => {
                Self::field("items", format!("must have at most {most} units in total"))
            }
            // Orders in progress end by themselves.
            Error::TooManyOrders => Self::new(Code::RateLimited, "There are too many orders in progress.")
                .retry_after(std::time::Duration::from_secs(10)),
            Error::TooManyMethods => Self::new(
                Code::TooManyPaymentMethods,
                "The account has the maximum number of saved cards; delete one first.",
            ),
            Error::NotRefundable => {
                Self::new(Code::OrderNotRefundable, "Only a completed order can be refunded.")
            }
            Error::RefundsFound => Self::new(
                Code::OrderNotRefundable,
                "Refunds were restored from the gateway. Compare them with this one, then send the highest number as `refunds_seen`.",
            ),
            Error::Disagrees(_) => Self::new(
                Code::OrderNotRefundable,
                "The gateway's refunds of this order differ from the shop's; a person must compare them first.",
            ),
            Error::Lost(order) => Self::new(Code::OrderLost, Refusal::lost().message).order_id(order),
            Error::Closed => Self::new(Code::AccountDisabled, "This account is closed."),
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
