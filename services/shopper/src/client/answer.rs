//! An answer of the shop.

use std::time::Duration;

use http::{HeaderMap, header};
use serde::de::DeserializeOwned;

/// An answer, read in full.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status code.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub text: String,
}

impl Answer {
    /// Parses the body. An empty one is `null`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(if self.text.is_empty() { "null" } else { &self.text })
    }

    /// Returns a header as text, empty if it is absent.
    #[must_use]
    pub fn header(&self, name: &header::HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Returns the time after which the shop wants a retry.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.header(&header::RETRY_AFTER).parse().ok().map(Duration::from_secs)
    }
}
