//! One client for each peer. Every internal route is idempotent, so every call may be repeated.

use std::{error::Error, sync::Arc, time::Duration};

use estore_contract::{Code, ErrorBody, PeerName};
use http::{Method, StatusCode, header};
use reqwest::{Body, Client, Url};
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::{Instant, sleep, timeout_at};

use super::{Identity, SETTINGS};
use crate::{
    config::{ConfigError, Env},
    http::{context, spans},
    live::Live,
    metrics::PeerMetrics,
    random,
};

const CONNECT: Duration = Duration::from_millis(250);
const TRY: Duration = Duration::from_secs(1);
const TRIES: u32 = 3;
const IN_ALL: Duration = Duration::from_secs(5);
/// The longest pause before the second try; twice as long before the third.
const PAUSE: Duration = Duration::from_millis(100);

/// Calls one peer. Cheap to clone.
#[derive(Clone)]
pub struct PeerClient {
    peer: PeerName,
    base: Arc<Url>,
    /// Made again with each new certificate: nothing is resumed that an authority which is gone has vouched for.
    http: Live<Client>,
    metrics: Option<PeerMetrics>,
}

/// Why a call brought no result.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PeerError {
    /// The peer refused. Whether that is final is for the caller to say: only codes that the route publishes are.
    #[error("{} answered {} {}", .0, .1.status_code, .1.code)]
    Answered(PeerName, Box<ErrorBody>),
    /// Nobody knows whether the peer did what was asked.
    #[error("{peer} did not answer: {reason}")]
    Unknown {
        /// Who was asked.
        peer: PeerName,
        /// What was seen instead of an answer.
        reason: String,
    },
}

impl PeerError {
    /// The refusal's code, where it is one of the published.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Answered(_, body) => Code::ALL.iter().copied().find(|code| code.as_str() == body.code),
            Self::Unknown { .. } => None,
        }
    }
}

impl PeerClient {
    /// The client of `peer`, whose internal listener `<PEER>_SERVICE_URL` names.
    pub fn from_env(env: &Env, peer: PeerName) -> Result<Self, ConfigError> {
        let (name, example) = match peer {
            PeerName::User => ("USER_SERVICE_URL", "https://localhost:8202"),
            PeerName::Verification => ("VERIFICATION_SERVICE_URL", "https://localhost:8203"),
            PeerName::Inventory => ("INVENTORY_SERVICE_URL", "https://localhost:8201"),
            PeerName::Payment => ("PAYMENT_SERVICE_URL", "https://localhost:8200"),
            PeerName::Bootstrap => ("BOOTSTRAP_SERVICE_URL", "(bootstrap serves nobody)"),
        };
        let base: Url = env.required(name, example)?;
        if base.scheme() != "https" {
            return Err(ConfigError::new(
                name,
                "must begin with https:// (internal calls use mutual TLS)",
                example,
            ));
        }
        let http = Live::new(
            peer.as_str(),
            env,
            SETTINGS,
            |env| client(&Identity::from_env(env)?, peer),
            move |env| client(&Identity::renewed(env)?, peer),
        )?;
        Ok(Self { peer, base: Arc::new(base), http, metrics: None })
    }

    /// The same, and each attempt is measured.
    pub(crate) fn measured(mut self, metrics: PeerMetrics) -> Self {
        metrics.known(self.peer);
        self.metrics = Some(metrics);
        self
    }

    /// Calls `path` (with its query) and reads the answer; `()` reads an empty one. Repeats on failures that may pass.
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

    /// Calls `path` once, with its own `limit` of time: what takes long is repeated by who asked for it.
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

    /// Reads `path` with its own `limit` of time: for long answers. Repeats on failures that may pass, as a connection that could
    /// not be made in time, or ended under the request, says nothing of the answer.
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

    /// Sends a long `body` once, with its own `limit` of time.
    pub async fn upload<T: DeserializeOwned>(
        &self,
        path: &str,
        kind: &str,
        body: Vec<u8>,
        limit: Duration,
    ) -> Result<T, PeerError> {
        self.attempt(Method::PUT, path, Some((kind, Body::from(body))), 0, Instant::now() + limit).await
    }

    /// Calls once; it was tried `again` times before.
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
            let mut request = self.http.get().request(method, url).headers(context::outgoing());
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
            metrics.observe(self.peer, outcome, began.elapsed());
        }
        answer
    }

    fn read<T: DeserializeOwned>(&self, status: StatusCode, body: &[u8]) -> Result<T, PeerError> {
        if status.is_success() {
            let body = if body.is_empty() { b"null" } else { body };
            return serde_json::from_slice(body).map_err(|error| self.unknown(error.to_string()));
        }
        match serde_json::from_slice::<ErrorBody>(body) {
            Ok(refusal) if status.is_client_error() && !matches!(status.as_u16(), 408 | 429) => {
                Err(PeerError::Answered(self.peer, Box::new(refusal)))
            }
            _ => Err(self.unknown(format!("status {status}"))),
        }
    }

    fn unknown(&self, reason: impl Into<String>) -> PeerError {
        PeerError::Unknown { peer: self.peer, reason: reason.into() }
    }
}

/// How often something is tried, and for how long.
struct Tries {
    /// How often it was tried before.
    before: u32,
    deadline: Instant,
    each: Duration,
    pause: Duration,
}

impl Tries {
    fn new(in_all: Duration, each: Duration) -> Self {
        Self { before: 0, deadline: Instant::now() + in_all, each, pause: PAUSE }
    }

    /// When the next try is over.
    fn until(&self) -> Instant {
        self.deadline.min(Instant::now() + self.each)
    }

    /// Waits for a moment after `error`, which is the answer if that was the last try.
    async fn pause(&mut self, error: PeerError, path: &str) -> Result<(), PeerError> {
        let wait = self.pause.mul_f64(random::fraction());
        self.before += 1;
        if self.before == TRIES || Instant::now() + wait >= self.deadline {
            return Err(error);
        }
        tracing::debug!(%path, %error, tries = self.before, "calling again");
        sleep(wait).await;
        self.pause *= 2;
        Ok(())
    }
}

fn client(identity: &Identity, peer: PeerName) -> Result<Client, ConfigError> {
    #[expect(clippy::disallowed_methods, reason = "one of the two places that make HTTP clients")]
    let builder = Client::builder();
    builder
        .tls_backend_preconfigured(identity.client(peer)?)
        .connect_timeout(CONNECT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(|error| ConfigError::new("TLS_CERT", format!("makes no client ({error})"), ""))
}

/// `error` with everything below it in one line: reqwest's own message names no cause.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        line = format!("{line}: {error}");
        next = error.source();
    }
    line
}
