//! One call to a service, on behalf of a browser.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use bytes::{Bytes, BytesMut};
use estore_base::client_address::ClientAddress;
use estore_client::NoAnswer;
use estore_contract::{ErrorBody, Sensitive, verification::Locale};
use futures::{
    TryStreamExt,
    stream::{BoxStream, Empty},
};
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::timeout;

use super::{ApiError, Service, Services};

/// The time limit for a call.
const LIMIT: Duration = Duration::from_secs(5);
/// Names the browser's address to the service, so that its limits count the browser.
pub(crate) const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// An answer whose body is still to come.
pub(crate) type Streamed = Response<BoxStream<'static, Result<Bytes, NoAnswer>>>;

/// The browser on whose behalf a call is made.
#[derive(Clone, Copy)]
pub(crate) struct Caller<'a> {
    pub(crate) services: &'a Services,
    pub(crate) token: Option<&'a Sensitive>,
    pub(crate) address: Option<ClientAddress>,
    pub(crate) agent: Option<&'a HeaderValue>,
    pub(crate) locale: Locale,
    /// Keeps the longest wait that a service asks for with 429, in seconds. `None` if no page needs
    /// it.
    pub(crate) wait: Option<&'a AtomicU64>,
}

/// The calls of one browser to one service.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    caller: Caller<'a>,
    service: Service,
}

impl<'a> Caller<'a> {
    /// Returns the calls to `service`.
    pub(crate) fn to(self, service: Service) -> Call<'a> {
        Call { caller: self, service }
    }
}

impl Call<'_> {
    /// Gets `path` (with its query). `()` reads an empty answer.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ApiError> {
        self.read(self.exchange(Method::GET, path, HeaderMap::new(), Bytes::new()).await?)
    }

    /// Sends `body` as JSON.
    pub(crate) async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ApiError> {
        self.send_with(method, path, HeaderMap::new(), body).await
    }

    /// Sends `body` as JSON, with more headers, such as `Idempotency-Key` or `If-Match`.
    pub(crate) async fn send_with<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        mut headers: HeaderMap,
        body: &impl Serialize,
    ) -> Result<T, ApiError> {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        // Plain data with string keys, which always serializes.
        let body = serde_json::to_vec(body).unwrap_or_default();
        self.read(self.exchange(method, path, headers, body.into()).await?)
    }

    /// Sends a request without a body, such as a DELETE.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, method: Method, path: &str) -> Result<T, ApiError> {
        self.read(self.exchange(method, path, HeaderMap::new(), Bytes::new()).await?)
    }

    /// Sends any body, and returns the answer as it is if it is a success.
    pub(crate) async fn exchange(
        &self,
        method: Method,
        path: &str,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> Result<Response<Bytes>, ApiError> {
        self.sign(&mut headers);
        headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.headers_mut() = headers;
        *request.uri_mut() = path.parse::<Uri>().map_err(|error| self.away(&error))?;
        let answer = self.caller.services.client(self.service).call(request, LIMIT).await;
        let answer = answer.map_err(|error| self.away(&error))?;
        if answer.status().is_success() { Ok(answer) } else { Err(self.refused(&answer)) }
    }

    /// Begins to read a stream, such as one of events. Its head must come within the time limit of
    /// a call.
    pub(crate) async fn stream(&self, path: &str, headers: HeaderMap) -> Result<Streamed, ApiError> {
        self.stream_within(LIMIT, path, headers).await
    }

    /// Begins to read a stream whose head must come within `limit`.
    pub(crate) async fn stream_within(
        &self,
        limit: Duration,
        path: &str,
        mut headers: HeaderMap,
    ) -> Result<Streamed, ApiError> {
        self.sign(&mut headers);
        let mut request = Request::new(None::<Empty<Result<Bytes, NoAnswer>>>);
        *request.headers_mut() = headers;
        *request.uri_mut() = path.parse::<Uri>().map_err(|error| self.away(&error))?;
        let answer = self.caller.services.client(self.service).forward(request, limit).await;
        let answer = answer.map_err(|error| self.away(&error))?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let (head, body) = answer.into_parts();
        let body = body.try_fold(BytesMut::new(), async |mut all, part| {
            all.extend_from_slice(&part);
            Ok(all)
        });
        let body = timeout(LIMIT, body).await.map_err(|elapsed| self.away(&elapsed))?;
        let body = body.map_err(|error| self.away(&error))?.freeze();
        Err(self.refused(&Response::from_parts(head, body)))
    }

    /// Adds the token, and what the services must know of the browser.
    fn sign(&self, headers: &mut HeaderMap) {
        let Caller { token, address, agent, locale, .. } = self.caller;
        let text = |text: String| HeaderValue::try_from(text).ok();
        if let Some(mut bearer) = token.and_then(|token| text(format!("Bearer {}", token.expose()))) {
            bearer.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, bearer);
        }
        if let Some(address) = address.and_then(|address| text(address.to_string())) {
            headers.insert(FORWARDED_FOR, address);
        }
        if let Some(agent) = agent {
            headers.insert(header::USER_AGENT, agent.clone());
        }
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(locale.as_str()));
    }

    /// Classifies an answer that is not a success.
    fn refused(&self, answer: &Response<Bytes>) -> ApiError {
        let status = answer.status();
        if status == StatusCode::TOO_MANY_REQUESTS
            && let Some(kept) = self.caller.wait
        {
            let asked = answer.headers().get(header::RETRY_AFTER).and_then(|wait| wait.to_str().ok());
            let seconds: u64 = asked.and_then(|wait| wait.parse().ok()).unwrap_or_default();
            kept.fetch_max(seconds, Ordering::Relaxed);
        }
        match serde_json::from_slice::<ErrorBody>(answer.body()) {
            Ok(body) if status.is_client_error() || body.code == "outcome_unknown" => {
                ApiError::Answered(Box::new(body))
            }
            _ => self.away(&format!("status {status}")),
        }
    }

    /// Reads the answer of [`Self::exchange`].
    pub(crate) fn read<T: DeserializeOwned>(&self, answer: Response<Bytes>) -> Result<T, ApiError> {
        let body = answer.into_body();
        let body = if body.is_empty() { b"null".as_slice() } else { body.as_ref() };
        serde_json::from_slice(body).map_err(|error| self.away(&error))
    }

    fn away(&self, reason: &dyn std::fmt::Display) -> ApiError {
        tracing::warn!(service = ?self.service, %reason, "service did not answer; the page says so");
        ApiError::Away(self.service)
    }
}

/// Encodes one segment of a path.
pub(crate) fn segment(text: &str) -> String {
    let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    // A form encodes a space in another way than a path, and a lone dot has a meaning in a path.
    encoded.replace('+', "%20").replace('.', "%2E")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_segment_cannot_leave_its_place() {
        assert_eq!(segment("MUG-01"), "MUG-01");
        assert_eq!(segment("../admin?x=1#a b"), "%2E%2E%2Fadmin%3Fx%3D1%23a%20b");
    }
}
