//! The one error body, and the published codes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The body of every error answer. `error`, `message` and `status_code` are as in the seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "error": "Validation Error", "message": "1 field is not valid", "status_code": 422, "code": "validation_error",
    "request_id": "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01",
    "details": [{"field": "items[0].quantity", "message": "must be a whole number from 1 to 999"}]
}))]
pub struct ErrorBody {
    /// The kind of error, for people.
    pub error: String,
    /// The explanation, for people. May change; match on `code`.
    pub message: String,
    /// The HTTP status of the answer.
    pub status_code: u16,
    /// Stable and machine-readable: one of [`Code`].
    pub code: String,
    /// The id of the request, as in `X-Request-Id` and the logs.
    pub request_id: String,
    /// The errors of single fields, or the SKUs that are short. Absent if there is nothing to list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<FieldError>,
    /// The order that this answer is about, if one exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<crate::OrderId>,
    /// The reason for which the card was declined, as one of Stripe's decline codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_code: Option<String>,
}

/// The error of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// The path of the field, such as `items[0].quantity`.
    pub field: String,
    /// The explanation, for people.
    pub message: String,
    /// The SKU that is short or unknown. Only with `insufficient_stock` and `unknown_sku`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<crate::Sku>,
    /// The number of units left. Only with `insufficient_stock`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<i64>,
}

impl FieldError {
    /// Creates the error of `field` with this `message`.
    #[must_use]
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into(), sku: None, available: None }
    }

    /// Sets `field` to the `part` of the first line with the error's SKU, such as
    /// `items[0].quantity`.
    #[must_use]
    pub fn in_line<'a>(mut self, lines: impl IntoIterator<Item = &'a crate::Sku>, part: &str) -> Self {
        let first = |sku| lines.into_iter().position(|line| line == sku);
        if let Some(at) = self.sku.as_ref().and_then(first) {
            self.field = format!("items[{at}].{part}");
        }
        self
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal;)+) => {
        /// Every code that an [`ErrorBody`] can carry, with its status. The meaning of a code never
        /// changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* $name,)+ }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Returns the code as in the error body.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// Returns the HTTP status of the code.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)+ }
            }
        }
    };
}

codes! {
    /// The body is not JSON, or the request is otherwise malformed.
    BadRequest = "bad_request", 400;
    /// The request needs an Idempotency-Key and has none.
    IdempotencyKeyRequired = "idempotency_key_required", 400;
    /// The request has no access token.
    MissingToken = "missing_token", 401;
    /// The token is malformed, forged, expired or already used, or its session has ended.
    InvalidToken = "invalid_token", 401;
    /// The email address or the password is wrong. The answer does not say which.
    InvalidCredentials = "invalid_credentials", 401;
    /// The card was declined.
    PaymentDeclined = "payment_declined", 402;
    /// The caller is authenticated, but not permitted.
    Forbidden = "forbidden", 403;
    /// The caller's current password, repeated in the body, is wrong. Not 401: the session is
    /// valid, and clients log out on 401.
    WrongPassword = "wrong_password", 403;
    /// The caller's email address is not verified.
    EmailNotVerified = "email_not_verified", 403;
    /// The account is disabled.
    AccountDisabled = "account_disabled", 403;
    /// The resource does not exist, or does not belong to the caller.
    NotFound = "not_found", 404;
    /// The caller has no such saved card.
    PaymentMethodNotFound = "payment_method_not_found", 404;
    /// The verification token does not exist.
    TokenUnknown = "token_unknown", 404;
    /// The path exists, but not with this method.
    MethodNotAllowed = "method_not_allowed", 405;
    /// The request did not arrive in time.
    RequestTimeout = "request_timeout", 408;
    /// Fewer units are left than requested.
    InsufficientStock = "insufficient_stock", 409;
    /// `expected_total` is not the total.
    PriceChanged = "price_changed", 409;
    /// The SKU exists already.
    SkuExists = "sku_exists", 409;
    /// The category has products or children.
    CategoryInUse = "category_in_use", 409;
    /// The reservation is confirmed, so it cannot be released.
    AlreadyConfirmed = "already_confirmed", 409;
    /// The order did not complete before its hold on the stock ended.
    OrderTimedOut = "order_timed_out", 409;
    /// The order was lost with a part of the shop's data, or could not be completed after it. Its
    /// payment is voided or refunded in full, and its key makes no other order.
    OrderLost = "order_lost", 409;
    /// The key created an order that has since been archived.
    OrderArchived = "order_archived", 409;
    /// The account has reached its maximum number of saved cards.
    TooManyPaymentMethods = "too_many_payment_methods", 409;
    /// The account has reached its maximum number of saved addresses.
    TooManyAddresses = "too_many_addresses", 409;
    /// The key saved a card that has since been deleted.
    PaymentMethodDeleted = "payment_method_deleted", 409;
    /// The order's stock is being confirmed.
    OrderNotCancellable = "order_not_cancellable", 409;
    /// The order has ended.
    OrderFinal = "order_final", 409;
    /// The same fault on demand hits the same component already.
    FaultActive = "fault_active", 409;
    /// The order is not completed, so it cannot be refunded.
    OrderNotRefundable = "order_not_refundable", 409;
    /// An admin may not remove their own role or disable themselves, because no admin might be
    /// left.
    LastAdmin = "last_admin", 409;
    /// The reservation was released, expired or returned.
    ReservationClosed = "reservation_closed", 410;
    /// The verification token was used.
    TokenUsed = "token_used", 410;
    /// The verification token has expired.
    TokenExpired = "token_expired", 410;
    /// `If-Match` names another version.
    PreconditionFailed = "precondition_failed", 412;
    /// The body is larger than allowed.
    PayloadTooLarge = "payload_too_large", 413;
    /// The body is not `application/json`.
    UnsupportedMediaType = "unsupported_media_type", 415;
    /// A field is missing, unknown, of the wrong type or out of range.
    ValidationError = "validation_error", 422;
    /// The SKU does not exist.
    UnknownSku = "unknown_sku", 422;
    /// The payment gateway cannot charge this amount.
    AmountNotChargeable = "amount_not_chargeable", 422;
    /// The order mixes currencies.
    CurrencyMismatch = "currency_mismatch", 422;
    /// The key was used with another body.
    IdempotencyKeyReused = "idempotency_key_reused", 422;
    /// Internal: the reservation does not exist.
    ReservationUnknown = "reservation_unknown", 404;
    /// The request needs `If-Match`.
    PreconditionRequired = "precondition_required", 428;
    /// Too many requests, or too many orders in progress.
    RateLimited = "rate_limited", 429;
    /// A bug, or a dependency that violated its contract.
    InternalError = "internal_error", 500;
    /// A dependency is down or the service sheds load; nothing was done.
    Unavailable = "unavailable", 503;
    /// A write may have happened. Repeat it with the same key.
    OutcomeUnknown = "outcome_unknown", 503;
}

impl Code {
    /// Returns the `error` text for the code's status, in the seed's words.
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
