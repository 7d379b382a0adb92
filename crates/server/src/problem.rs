//! Errors as answers. The boundary layer ([`crate::http`]) renders one as the error body, with the
//! request's id, and logs its cause once.

mod stores;

use std::{error::Error, sync::Arc, time::Duration};

use axum::response::{IntoResponse, Response};
use estore_contract::{Code, ErrorBody, FieldError, OrderId};
use http::{HeaderName, HeaderValue, StatusCode, header};

/// An error answer.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    code: Code,
    message: String,
    status: StatusCode,
    details: Vec<FieldError>,
    order_id: Option<OrderId>,
    decline_code: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl Problem {
    /// Creates an answer with `code`, and a `message` for people that reveals no internals.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let problem = Self(Box::new(Parts {
            code,
            message: message.into(),
            status,
            details: Vec::new(),
            order_id: None,
            decline_code: None,
            headers: Vec::new(),
            cause: None,
        }));
        match code {
            Code::MissingToken | Code::InvalidToken | Code::InvalidCredentials => {
                problem.header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
            }
            Code::Unavailable | Code::OutcomeUnknown => problem.retry_after(Duration::from_secs(1)),
            _ => problem,
        }
    }

    /// Creates a 404 `not_found`, also for another user's resources.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "There is no such thing here.")
    }

    /// Creates a 422 that lists each wrong field.
    #[must_use]
    pub fn invalid(details: Vec<FieldError>) -> Self {
        let message = match details.as_slice() {
            [one] => format!("{} {}", one.field, one.message),
            many => format!("{} fields are not valid", many.len()),
        };
        Self::new(Code::ValidationError, message).details(details)
    }

    /// Creates a 422 for one field.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError::new(field, message)])
    }

    /// Creates a 503: a dependency does not answer, and nothing was done.
    pub fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(Code::Unavailable, "A part of the shop does not answer; nothing was done. Try again.")
            .caused_by(cause)
    }

    /// Creates a 503: an answer is lost or late, so the request may have had its effect or not.
    pub fn outcome_unknown(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(Code::OutcomeUnknown, "The outcome is unknown: repeat with the same key, if there is one.")
            .caused_by(cause)
    }

    /// Creates a 500: a bug, or a dependency that violated its contract.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(Code::InternalError, "Something went wrong on our side.").caused_by(cause)
    }

    /// Sets the list of wrong fields or missing stock.
    #[must_use]
    pub fn details(mut self, details: Vec<FieldError>) -> Self {
        self.0.details = details;
        self
    }

    /// Sets the time after which to retry, rounded up to whole seconds.
    #[must_use]
    pub fn retry_after(self, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    /// Sets the order that the answer is about.
    #[must_use]
    pub fn order_id(mut self, id: OrderId) -> Self {
        self.0.order_id = Some(id);
        self
    }

    /// Sets the reason for which the card was declined.
    #[must_use]
    pub fn decline_code(mut self, code: impl Into<String>) -> Self {
        self.0.decline_code = Some(code.into());
        self
    }

    /// Sets another status than the code's own.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = status;
        self
    }

    /// Sets a response header; a later value replaces an earlier one of the same name.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.retain(|(other, _)| *other != name);
        self.0.headers.push((name, value));
        self
    }

    /// Closes the connection after the answer: nothing more is read from it.
    pub(crate) fn closing(self) -> Self {
        self.header(header::CONNECTION, HeaderValue::from_static("close"))
    }

    /// Sets the cause, which only the log shows.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.cause = Some(Arc::from(cause.into()));
        self
    }

    /// Returns the code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Returns the causes, outermost first, in one line, or `None` if the error is the client's.
    pub(crate) fn causes(&self) -> Option<String> {
        let mut next: Option<&(dyn Error + 'static)> = Some(self.0.cause.as_deref()?);
        let mut line = Vec::new();
        while let Some(error) = next {
            line.push(error.to_string());
            next = error.source();
        }
        Some(line.join(": "))
    }

    /// Returns the body for the request with `request_id`.
    pub(crate) fn body(&self, request_id: &str) -> ErrorBody {
        ErrorBody {
            error: self.0.code.title().to_owned(),
            message: self.0.message.clone(),
            status_code: self.0.status.as_u16(),
            code: self.0.code.as_str().to_owned(),
            request_id: request_id.to_owned(),
            details: self.0.details.clone(),
            order_id: self.0.order_id,
            decline_code: self.0.decline_code.clone(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        for (name, value) in &self.0.headers {
            response.headers_mut().insert(name, value.clone());
        }
        response.extensions_mut().insert(self);
        response
    }
}
