//! A request to a part of the shop.

use std::{net::Ipv4Addr, time::Duration};

use bytes::Bytes;
use estore_contract::Sensitive;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde::Serialize;

use super::{FORWARDED_FOR, Place};

/// The time for an answer, unless a request says otherwise. A handler has 30 s.
const LIMIT: Duration = Duration::from_secs(40);

/// A request that may be sent several times.
#[derive(Debug, Clone)]
pub struct Request {
    pub(super) place: Place,
    pub(super) limit: Duration,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Request {
    /// Creates a request without a body.
    #[must_use]
    pub fn new(method: Method, place: Place, path: impl Into<String>) -> Self {
        let (path, headers) = (path.into(), HeaderMap::new());
        Self { place, limit: LIMIT, method, path, headers, body: Bytes::new() }
    }

    /// Creates a GET.
    #[must_use]
    pub fn get(place: Place, path: impl Into<String>) -> Self {
        Self::new(Method::GET, place, path)
    }

    /// Creates a POST with a JSON body.
    #[must_use]
    pub fn post(place: Place, path: impl Into<String>, body: &impl Serialize) -> Self {
        let request = Self::new(Method::POST, place, path);
        // Plain data with string keys, which always serializes.
        let body = serde_json::to_vec(body).unwrap_or_default().into();
        Self { body, ..request.header(header::CONTENT_TYPE, "application/json") }
    }

    /// Creates a POST of a form.
    #[must_use]
    pub fn form(place: Place, path: impl Into<String>, fields: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into();
        let request = Self::new(Method::POST, place, path);
        Self { body, ..request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded") }
    }

    /// Adds a header. One whose value cannot be sent is left out, and the answer shows that.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::try_from(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Adds an Idempotency-Key.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header(HeaderName::from_static("idempotency-key"), key)
    }

    /// Adds an access token.
    #[must_use]
    pub fn bearer(mut self, token: &Sensitive) -> Self {
        if let Ok(mut value) = HeaderValue::try_from(format!("Bearer {}", token.expose())) {
            value.set_sensitive(true);
            self.headers.insert(header::AUTHORIZATION, value);
        }
        self
    }

    /// Names the address of the client.
    #[must_use]
    pub fn by(self, address: Ipv4Addr) -> Self {
        self.header(FORWARDED_FOR, &address.to_string())
    }

    /// Waits at most so long for the answer.
    #[must_use]
    pub fn within(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    pub(super) fn to_http(&self) -> Result<http::Request<Bytes>, http::Error> {
        let mut request = http::Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.path.parse::<http::Uri>()?;
        *request.headers_mut() = self.headers.clone();
        Ok(request)
    }
}
