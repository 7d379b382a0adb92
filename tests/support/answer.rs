//! The answer of a service.

use estore_contract::ErrorBody;
use reqwest::{RequestBuilder, header::HeaderMap};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// An answer, read in full.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

impl Answer {
    /// Sends a request. Returns `Err` if no answer came.
    pub async fn try_of(request: RequestBuilder) -> Result<Self, reqwest::Error> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Self { status, headers, text: response.text().await? })
    }

    /// Sends a request, which must be answered.
    ///
    /// # Panics
    /// If no answer comes.
    #[expect(clippy::expect_used, reason = "a test")]
    pub async fn of(request: RequestBuilder) -> Self {
        Self::try_of(request).await.expect("an answer")
    }

    /// Insists on a status.
    ///
    /// # Panics
    /// If the status is another one.
    #[must_use]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Insists on a refusal with this status and code.
    ///
    /// # Panics
    /// If the status or the code is another one.
    #[must_use]
    pub fn refused(self, status: u16, code: &str) -> ErrorBody {
        let body: ErrorBody = self.expect(status).json();
        assert_eq!((body.code.as_str(), body.status_code), (code, status), "{body:?}");
        body
    }

    /// Parses the body as `T`.
    ///
    /// # Panics
    /// If the body is not a `T`.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test")]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.text).map_err(|error| format!("{error}: {}", self.text)).expect("the body")
    }

    /// Parses the body as any JSON.
    #[must_use]
    pub fn value(&self) -> Value {
        self.json()
    }

    /// Returns a header as text, empty if it is absent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}
