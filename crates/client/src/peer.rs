//! One client for each peer. Every internal route is idempotent, so every call may be repeated.

mod tls;
mod verify;

use std::{sync::Arc, time::Duration};

use estore_base::{
    config::{ConfigError, Env, Setting},
    identity::{Identity, SETTINGS},
    random,
    reloadable::Reloadable,
};
use estore_contract::{Code, ErrorBody, PeerName};
use estore_telemetry::{Platform, metrics::PeerMetrics, propagation::outgoing};
use http::{Method, StatusCode, header};
use reqwest::{Body, Client, Url};
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::{Instant, sleep, timeout_at};

use crate::{error_chain::chain, spans};

const CONNECT: Duration = Duration::from_millis(250);
const TRY: Duration = Duration::from_secs(1);
const TRIES: u32 = 3;
const IN_ALL: Duration = Duration::from_secs(5);
/// The longest pause before the second try. It doubles before the third.
const PAUSE: Duration = Duration::from_millis(100);
/// The time without data after which a connection with an open call is checked.
const QUIET: Duration = Duration::from_millis(500);
/// The longest answer to that check. After it, the connection is closed, and its calls fail. All
/// calls to a peer share one connection, so the next try must not wait on the same silence.
const PONG: Duration = Duration::from_secs(1);

/// A client for one peer. Cheap to clone.
#[derive(Clone)]
pub struct PeerClient {
    peer: PeerName,
    base: Arc<Url>,
    /// Made again with each new certificate, so that no TLS session of a removed CA is resumed.
    http: Reloadable<Client>,
    metrics: Option<PeerMetrics>,
}

/// The reason for which a call has no result.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PeerError {
    /// The peer rejected the request. The caller decides if that is final: only codes that the
    /// route publishes are.
    #[error("{} answered {} {}", .0, .1.status_code, .1.code)]
    Answered(PeerName, Box<ErrorBody>),
    /// The outcome of the call is unknown.
    #[error("{peer} did not answer: {reason}")]
    Unknown {
        /// The name of the peer.
        peer: PeerName,
        /// The observed failure.
        reason: String,
    },
}

impl PeerError {
    /// Returns the error's code, if it is a published one.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Answered(_, body) => Code::ALL.iter().copied().find(|code| code.as_str() == body.code),
            Self::Unknown { .. } => None,
        }
    }

    /// Classifies the error of one entry of a batch, as the error of a call is classified.
    #[must_use]
    pub fn of_entry(peer: PeerName, body: ErrorBody) -> Self {
        let status = StatusCode::from_u16(body.status_code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::of(peer, status, body)
    }

    fn of(peer: PeerName, status: StatusCode, body: ErrorBody) -> Self {
        if status.is_client_error() && !matches!(status.as_u16(), 408 | 429) {
            Self::Answered(peer, Box::new(body))
        } else {
            Self::Unknown { peer, reason: format!("status {status}") }
        }
    }
}

/// The internal address of the User Service.
pub const USER_SERVICE_URL: Setting =
    Setting::address("USER_SERVICE_URL", "Internal address of the User Service.")
        .example("https://localhost:8202");
/// The internal address of the Verification Service.
pub const VERIFICATION_SERVICE_URL: Setting =
    Setting::address("VERIFICATION_SERVICE_URL", "Internal address of the Verification Service.")
        .example("https://localhost:8203");
/// The internal address of the Inventory Service.
pub const INVENTORY_SERVICE_URL: Setting =
    Setting::address("INVENTORY_SERVICE_URL", "Internal address of the Inventory Service.")
        .example("https://localhost:8201");
/// The internal address of the Payment Service.
pub const PAYMENT_SERVICE_URL: Setting =
    Setting::address("PAYMENT_SERVICE_URL", "Internal address of the Payment Service.")
        .example("https://localhost:8200");

impl PeerClient {
    /// Creates the client of `peer`, whose internal listener `<PEER>_SERVICE_URL` names.
    pub fn from_env(env: &Env, peer: PeerName) -> Result<Self, ConfigError> {
        let setting = match peer {
            PeerName::User => USER_SERVICE_URL,
            PeerName::Verification => VERIFICATION_SERVICE_URL,
            PeerName::Inventory => INVENTORY_SERVICE_URL,
            PeerName::Payment => PAYMENT_SERVICE_URL,
            PeerName::Bootstrap | PeerName::Chaos => {
                let problem = format!("is not that of {peer}, which serves no internal routes");
                return Err(USER_SERVICE_URL.wrong(problem));
            }
        };
        let base: Url = env.get(&setting)?;
        if base.scheme() != "https" {
            return Err(setting.wrong("must begin with https:// (internal calls use mutual TLS)"));
        }
        let http = Reloadable::new(
            peer.as_str(),
            env,
            SETTINGS,
            |env| client(&Identity::from_env(env)?, peer),
            move |env| client(&Identity::renewed(env)?, peer),
        )?;
        Ok(Self { peer, base: Arc::new(base), http, metrics: None })
    }

    /// Creates the client of `peer`, and measures each of its attempts.
    pub fn measured(env: &Env, platform: &Platform, peer: PeerName) -> Result<Self, ConfigError> {
        let client = Self::from_env(env, peer)?;
        platform.peers.known(peer.as_str());
        Ok(Self { metrics: Some(platform.peers.clone()), ..client })
    }

    /// Calls `path` (with its query) and reads the answer; `()` reads an empty one. Retries
    /// transient failures.
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, PeerError> {
        let body =
            body.map(serde_json::to_vec).transpose().map_err(|error| self.unknown(error.to_string()))?;
        let mut tries = Tries::new(IN_ALL, TRY);
        loop {
            let text = body.clone().map(|body| ("application/json", Body::from(body)));
            match self.attempt(method.clone(), path, text, tries.before, tries.until()).await {
                Err(error @ PeerError::Unknown { .. }) => tries.pause(error, path).await?,
                answered => return answered,
            }
        }
    }

    /// Calls `path` once, with its own time `limit`. The caller retries a long operation itself.
    pub async fn call_within<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
        limit: Duration,
    ) -> Result<T, PeerError> {
        let body = serde_json::to_vec(body).map_err(|error| self.unknown(error.to_string()))?;
        let body = Some(("application/json", Body::from(body)));
        self.attempt(method, path, body, 0, Instant::now() + limit).await
    }

    /// Reads a long answer from `path`, with its own time `limit`. Retries transient failures: a
    /// connection that timed out or broke says nothing of the answer.
    pub async fn read_within<T: DeserializeOwned>(
        &self,
        path: &str,
        limit: Duration,
    ) -> Result<T, PeerError> {
        let mut tries = Tries::new(limit, limit);
        loop {
            match self.attempt(Method::GET, path, None, tries.before, tries.until()).await {
                Err(error @ PeerError::Unknown { .. }) => tries.pause(error, path).await?,
                answered => return answered,
            }
        }
    }

    /// Sends a long `body` once, with its own time `limit`.
    pub async fn upload<T: DeserializeOwned>(
        &self,
        path: &str,
        kind: &str,
        body: Vec<u8>,
        limit: Duration,
    ) -> Result<T, PeerError> {
        self.attempt(Method::PUT, path, Some((kind, Body::from(body))), 0, Instant::now() + limit).await
    }

    /// Calls once, after `again` earlier attempts.
    async fn attempt<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<(&str, Body)>,
        again: u32,
        deadline: Instant,
    ) -> Result<T, PeerError> {
        let url = self.base.join(path).map_err(|error| self.unknown(error.to_string()))?;
        let span = spans::call(&method, &url, self.peer.as_str(), again);
        let exchange = async {
            let mut request = self.http.get().request(method, url).headers(outgoing());
            if let Some((kind, body)) = body {
                request = request.header(header::CONTENT_TYPE, kind).body(body);
            }
            let response = request.send().await?;
            Ok::<_, reqwest::Error>((response.status(), response.bytes().await?))
        };
        let began = Instant::now();
        let answer = match span.run(timeout_at(deadline, exchange)).await {
            Ok(Ok((status, body))) => {
                spans::answered(&span, status);
                self.read(status, &body)
            }
            Ok(Err(error)) => {
                span.fail("unreachable");
                Err(self.unknown(chain(&error.without_url())))
            }
            Err(_elapsed) => {
                span.fail("timeout");
                Err(self.unknown("no answer in time"))
            }
        };
        if let Some(metrics) = &self.metrics {
            let outcome = match &answer {
                Ok(_) => "ok",
                Err(PeerError::Answered(..)) => "refused",
                Err(PeerError::Unknown { .. }) => "unknown",
            };
            metrics.observe(self.peer.as_str(), outcome, began.elapsed());
        }
        answer
    }

    fn read<T: DeserializeOwned>(&self, status: StatusCode, body: &[u8]) -> Result<T, PeerError> {
        if status.is_success() {
            let body = if body.is_empty() { b"null" } else { body };
            return serde_json::from_slice(body).map_err(|error| self.unknown(error.to_string()));
        }
        match serde_json::from_slice(body) {
            Ok(body) => Err(PeerError::of(self.peer, status, body)),
            Err(_) => Err(self.unknown(format!("status {status}"))),
        }
    }

    fn unknown(&self, reason: impl Into<String>) -> PeerError {
        PeerError::Unknown { peer: self.peer, reason: reason.into() }
    }
}

/// The number of tries of a call, and its deadlines.
struct Tries {
    /// The number of earlier tries.
    before: u32,
    deadline: Instant,
    each: Duration,
    pause: Duration,
}

impl Tries {
    fn new(in_all: Duration, each: Duration) -> Self {
        Self { before: 0, deadline: Instant::now() + in_all, each, pause: PAUSE }
    }

    /// Returns the deadline of the next try.
    fn until(&self) -> Instant {
        self.deadline.min(Instant::now() + self.each)
    }

    /// Pauses after `error`, or returns it if that was the last try.
    async fn pause(&mut self, error: PeerError, path: &str) -> Result<(), PeerError> {
        let wait = self.pause.mul_f64(random::fraction());
        self.before += 1;
        if self.before == TRIES || Instant::now() + wait >= self.deadline {
            return Err(error);
        }
        tracing::debug!(%path, %error, tries = self.before, "call failed; retrying");
        sleep(wait).await;
        self.pause *= 2;
        Ok(())
    }
}

fn client(identity: &Identity, peer: PeerName) -> Result<Client, ConfigError> {
    #[expect(clippy::disallowed_methods, reason = "one of the three places that make HTTP clients")]
    let builder = Client::builder();
    builder
        .tls_backend_preconfigured(tls::config(identity, peer)?)
        .connect_timeout(CONNECT)
        .http2_keep_alive_interval(QUIET)
        .http2_keep_alive_timeout(PONG)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(|error| ConfigError::new("TLS_CERT", format!("cannot be used ({error})"), ""))
}
