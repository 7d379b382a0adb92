//! The clients of a demonstration's own components: faults on demand, load on demand, and the
//! Prometheus that reads the shop. Each of them may be missing.

mod chaos;
mod prometheus;
mod shop;
mod shopper;

use std::time::Duration;

use axum::http::{HeaderValue, Method, Request, Response, Uri, header};
use bytes::Bytes;
use estore_base::config::{ConfigError, Env, Setting};
use estore_client::PublicClient;
use estore_contract::ErrorBody;
use estore_telemetry::Platform;
use serde::{Serialize, de::DeserializeOwned};

pub(crate) use chaos::Chaos;
#[cfg(test)]
pub(crate) use prometheus::tests::series;
pub(crate) use prometheus::{Alert, Prometheus, Series};
pub(crate) use shop::{Ready, activity, ready};
pub(crate) use shopper::Shopper;

/// The time limit for a call, if it has no other. A page waits for the slowest of them.
pub(crate) const LIMIT: Duration = Duration::from_secs(2);

/// The reason for which a component gave no result.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum ToolError {
    /// The shop has no such component.
    #[error("it does not run")]
    NotRunning,
    /// The component does not answer.
    #[error("it does not answer")]
    Away,
    /// The component rejected the request.
    #[error("it answered {} {}", .0.status_code, .0.code)]
    Refused(Box<ErrorBody>),
}

/// A component, if the shop has it.
struct Tool {
    name: &'static str,
    client: Option<PublicClient>,
}

impl Tool {
    fn new(
        env: &Env,
        platform: &Platform,
        name: &'static str,
        setting: &Setting,
    ) -> Result<Self, ConfigError> {
        Ok(Self { name, client: PublicClient::optional(env, platform, name, setting)? })
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ToolError> {
        self.read(&self.exchange(Method::GET, path, Bytes::new(), LIMIT).await?)
    }

    /// Sends `body` as JSON.
    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ToolError> {
        // Plain data with string keys, which always serializes.
        let body = serde_json::to_vec(body).unwrap_or_default();
        self.read(&self.exchange(method, path, body.into(), LIMIT).await?)
    }

    async fn delete(&self, path: &str, limit: Duration) -> Result<(), ToolError> {
        self.exchange(Method::DELETE, path, Bytes::new(), limit).await.map(|_nothing| ())
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
        limit: Duration,
    ) -> Result<Response<Bytes>, ToolError> {
        let client = self.client.as_ref().ok_or(ToolError::NotRunning)?;
        let mut request = Request::new(body);
        *request.uri_mut() = path.parse::<Uri>().map_err(|error| self.away(&error))?;
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::ACCEPT, json.clone());
        if !matches!(method, Method::GET | Method::DELETE) {
            request.headers_mut().insert(header::CONTENT_TYPE, json);
        }
        *request.method_mut() = method;
        let answer = client.call(request, limit).await.map_err(|error| self.away(&error))?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        match serde_json::from_slice::<ErrorBody>(answer.body()) {
            Ok(body) if answer.status().is_client_error() => Err(ToolError::Refused(Box::new(body))),
            _ => Err(self.away(&format!("status {}", answer.status()))),
        }
    }

    fn read<T: DeserializeOwned>(&self, answer: &Response<Bytes>) -> Result<T, ToolError> {
        serde_json::from_slice(answer.body()).map_err(|error| self.away(&error))
    }

    fn away(&self, reason: &dyn std::fmt::Display) -> ToolError {
        // The page shows it, and a page that is open asks again each second.
        tracing::debug!(component = self.name, %reason, "component did not answer; the engine room says so");
        ToolError::Away
    }
}
