//! The one error body, and the published codes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What every refusal and failure looks like. `error`, `message` and `status_code` as the seed has them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "error": "Validation Error", "message": "1 field is not valid", "status_code": 422, "code": "validation_error",
    "request_id": "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01",
    "details": [{"field": "items[0].quantity", "message": "must be a whole number from 1 to 999"}]
}))]
pub struct ErrorBody {
    /// The kind of error, for people.
    pub error: String,
    /// What happened, for people. May change; match on `code`.
    pub message: String,
    /// The HTTP status, again.
    pub status_code: u16,
    /// Stable and machine-readable: one of [`Code`].
    pub code: String,
    /// The id of the request, as in `X-Request-Id` and the logs.
    pub request_id: String,
    /// What each field lacks, or what is short; absent where there is nothing to list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<FieldError>,
    /// The order that this answer is about, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<crate::OrderId>,
    /// Why the card was declined, in the words that Stripe's users know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_code: Option<String>,
}

/// One field, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// Where: a path such as `items[0].quantity`.
    pub field: String,
    /// What is wrong.
    pub message: String,
    /// `insufficient_stock` only: the SKU that is short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<crate::Sku>,
    /// `insufficient_stock` only: how many pieces are left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<i64>,
}

impl FieldError {
    /// `field` is wrong because `message`.
    #[must_use]
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into(), sku: None, available: None }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal;)+) => {
        /// Every code that an [`ErrorBody`] can carry, with its status. A code keeps its meaning for good.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* $name,)+ }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The code on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// The HTTP status that goes with it.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)+ }
            }
        }
    };
}

codes! {
    /// The body is not JSON, or the request is otherwise not understood.
    BadRequest = "bad_request", 400;
    /// A write that needs an Idempotency-Key came without one.
    IdempotencyKeyRequired = "idempotency_key_required", 400;
    /// No access token.
    MissingToken = "missing_token", 401;
    /// The token is malformed, forged, expired, spent, or its session has ended.
    InvalidToken = "invalid_token", 401;
    /// Wrong address or password; which of both is not told.
    InvalidCredentials = "invalid_credentials", 401;
    /// The card was declined.
    PaymentDeclined = "payment_declined", 402;
    /// The caller is known and may not.
    Forbidden = "forbidden", 403;
    /// The caller's password, asked for once more, is wrong. No 401: the session is good, and clients log out at one.
    WrongPassword = "wrong_password", 403;
    /// The caller's address is not verified.
    EmailNotVerified = "email_not_verified", 403;
    /// The account is disabled.
    AccountDisabled = "account_disabled", 403;
    /// No such thing, or not the caller's.
    NotFound = "not_found", 404;
    /// No such saved card of the caller's.
    PaymentMethodNotFound = "payment_method_not_found", 404;
    /// No such verification token.
    TokenUnknown = "token_unknown", 404;
    /// The path exists, the method does not.
    MethodNotAllowed = "method_not_allowed", 405;
    /// The request did not arrive in time.
    RequestTimeout = "request_timeout", 408;
    /// Fewer pieces left than asked for.
    InsufficientStock = "insufficient_stock", 409;
    /// `expected_total` is not the total.
    PriceChanged = "price_changed", 409;
    /// The same key is being worked on.
    RequestInProgress = "request_in_progress", 409;
    /// The SKU is taken.
    SkuExists = "sku_exists", 409;
    /// The category has products or children.
    CategoryInUse = "category_in_use", 409;
    /// The reservation is confirmed, so it cannot be released.
    AlreadyConfirmed = "already_confirmed", 409;
    /// The order was not done within the time that stock is held for it.
    OrderTimedOut = "order_timed_out", 409;
    /// The order was lost with a part of the shop's data; whatever was charged went back.
    OrderLost = "order_lost", 409;
    /// The key made an order that was archived since.
    OrderArchived = "order_archived", 409;
    /// The order's stock is being confirmed.
    OrderNotCancellable = "order_not_cancellable", 409;
    /// The order has ended.
    OrderFinal = "order_final", 409;
    /// Only a completed order is refunded.
    OrderNotRefundable = "order_not_refundable", 409;
    /// An admin may not take away their own role or disable themselves: nobody might be left.
    LastAdmin = "last_admin", 409;
    /// The reservation was released, expired or returned.
    ReservationClosed = "reservation_closed", 410;
    /// The verification token was used.
    TokenUsed = "token_used", 410;
    /// The verification token is too old.
    TokenExpired = "token_expired", 410;
    /// `If-Match` names another version.
    PreconditionFailed = "precondition_failed", 412;
    /// The body is larger than allowed.
    PayloadTooLarge = "payload_too_large", 413;
    /// The body is not `application/json`.
    UnsupportedMediaType = "unsupported_media_type", 415;
    /// A field is missing, unknown, of the wrong type or out of range.
    ValidationError = "validation_error", 422;
    /// No such SKU.
    UnknownSku = "unknown_sku", 422;
    /// The order mixes currencies.
    CurrencyMismatch = "currency_mismatch", 422;
    /// The key was used for another body.
    IdempotencyKeyReused = "idempotency_key_reused", 422;
    /// Internal: no such reservation.
    ReservationUnknown = "reservation_unknown", 404;
    /// `If-Match` is required.
    PreconditionRequired = "precondition_required", 428;
    /// Too many requests, or too many open orders.
    RateLimited = "rate_limited", 429;
    /// A bug, or a dependency that broke its word.
    InternalError = "internal_error", 500;
    /// A dependency is down or the service sheds load; nothing was done.
    Unavailable = "unavailable", 503;
    /// A write may have happened: repeat with the same key.
    OutcomeUnknown = "outcome_unknown", 503;
}

impl Code {
    /// The `error` line that goes with the code's status, as the seed names them.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self.status() {
            400 => "Bad Request",
            401 => "Unauthorized",
            402 => "Payment Required",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            408 => "Request Timeout",
            409 => "Conflict",
            410 => "Gone",
            412 => "Precondition Failed",
            413 => "Payload Too Large",
            415 => "Unsupported Media Type",
            422 => "Validation Error",
            428 => "Precondition Required",
            429 => "Too Many Requests",
            503 => "Service Unavailable",
            _ => "Internal Server Error",
        }
    }
}
