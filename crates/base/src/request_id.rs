//! The id of a request. It follows the request through the tasks that serve it, their log lines and
//! their calls.

use http::{HeaderMap, HeaderValue, header::HeaderName};

use crate::{clock::Clock, random};

/// The header that carries the id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: RequestId;
}

/// The id of a request.
#[derive(Debug, Clone)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// Reads the id from `headers`. A request without a valid id gets a new one.
    #[must_use]
    pub fn of(headers: &HeaderMap, clock: &dyn Clock) -> Self {
        let sent = headers.get(REQUEST_ID).filter(|value| is_good(value.as_bytes())).cloned();
        let made = || HeaderValue::try_from(random::uuid_v7(clock).to_string());
        Self(sent.map_or_else(made, Ok).unwrap_or(HeaderValue::from_static("unknown")))
    }

    /// Returns the id of the request that this task serves. Background work has none.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// Returns the id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// Returns the id as the value of its header.
    #[must_use]
    pub fn into_header(self) -> HeaderValue {
        self.0
    }

    /// Runs `work` as a part of this request.
    pub fn scope<F: Future>(self, work: F) -> impl Future<Output = F::Output> {
        CURRENT.scope(self, work)
    }
}

/// Calls `tell` with the id of the request that this task serves, if there is one.
pub fn with_id(tell: impl FnOnce(&str)) {
    let _none = CURRENT.try_with(|id| tell(id.as_str()));
}

fn is_good(id: &[u8]) -> bool {
    (1..=128).contains(&id.len())
        && id.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}
