//! Calls to the public API of a service, as any client makes them: one deadline and one attempt. A
//! call that did not reach the service gets one more.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use estore_base::config::{ConfigError, Env, Setting};
use estore_telemetry::{Platform, metrics::PeerMetrics, propagation::outgoing, trace::Span};
use futures::{
    StreamExt, TryStream, TryStreamExt,
    stream::{self, BoxStream},
};
use http::{Request, Response, StatusCode};
use reqwest::{Body, Client, Url, redirect::Policy, retry};
use tokio::time::{Instant, timeout_at};

use crate::{error_chain::chain, spans};

/// The time limit for name resolution and connection together. A lost SYN is sent again after 1 s
/// (RFC 6298, section 2.1).
const CONNECT: Duration = Duration::from_millis(1500);
/// The longest answer that [`PublicClient::call`] reads, in bytes.
const MOST: usize = 8 << 20;

/// A client for the public API of one service. Cheap to clone.
#[derive(Clone)]
pub struct PublicClient {
    peer: &'static str,
    base: Url,
    http: Client,
    metrics: PeerMetrics,
}

/// The service did not answer. The effect of the call is unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{peer} did not answer: {reason}")]
pub struct NoAnswer {
    /// The name of the service.
    pub peer: &'static str,
    /// The observed failure.
    pub reason: String,
    /// True if the call cannot have reached the service.
    pub is_unsent: bool,
    /// True if the connection broke before the answer. By RFC 9112 (section 9.3.1), a server may
    /// close a kept connection as a request is sent, and clients then repeat what is idempotent.
    pub is_broken: bool,
}

impl PublicClient {
    /// Creates the client of the service `peer` at the address in `setting`, and measures each call
    /// by that name.
    pub fn measured(
        env: &Env,
        platform: &Platform,
        peer: &'static str,
        setting: &Setting,
    ) -> Result<Self, ConfigError> {
        Self::at(env.get(setting)?, platform, peer, setting)
    }

    /// Creates the client as [`Self::measured`] does, if the setting has an address.
    pub fn optional(
        env: &Env,
        platform: &Platform,
        peer: &'static str,
        setting: &Setting,
    ) -> Result<Option<Self>, ConfigError> {
        env.optional(setting)?.map(|base| Self::at(base, platform, peer, setting)).transpose()
    }

    /// Creates the client of the service at `base`, which `setting` gave.
    pub fn at(
        base: Url,
        platform: &Platform,
        peer: &'static str,
        setting: &Setting,
    ) -> Result<Self, ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "one of the three places that make HTTP clients")]
        let builder = Client::builder();
        let builder = match base.scheme() {
            "https" => builder.https_only(true),
            // Needs no CAs: within a cluster or a machine.
            "http" => builder.tls_certs_only([]),
            _ => return Err(setting.wrong("must begin with http:// or https://")),
        };
        if base.cannot_be_a_base() || !base.username().is_empty() || base.password().is_some() {
            return Err(setting.wrong("must not hold a user or a password"));
        }
        let http = builder
            .connect_timeout(CONNECT)
            .tcp_nodelay(true)
            .redirect(Policy::none())
            .retry(retry::never())
            .no_proxy()
            .build()
            .map_err(|error| setting.wrong(format!("cannot be used ({})", chain(&error.without_url()))))?;
        platform.peers.known(peer);
        Ok(Self { peer, base, http, metrics: platform.peers.clone() })
    }

    /// Sends a request and reads the whole answer, within `limit`. The path begins with a slash,
    /// and is percent-encoded. Repeats a call once if no connection was made.
    pub async fn call(&self, request: Request<Bytes>, limit: Duration) -> Result<Response<Bytes>, NoAnswer> {
        let (parts, body) = request.into_parts();
        let (deadline, url) = (Instant::now() + limit, self.url(parts.uri.path(), parts.uri.query()));
        let mut before = 0;
        loop {
            let request = self.http.request(parts.method.clone(), url.clone());
            let (headers, body) = (parts.headers.clone(), body.clone());
            // Pages make several calls at once, and one is large.
            let exchange = Box::pin(async {
                let request = request.headers(outgoing()).headers(headers).body(body);
                let mut response = request.send().await.map_err(|error| self.failed(error))?;
                let mut body = BytesMut::new();
                while let Some(part) = response.chunk().await.map_err(|error| self.failed(error))? {
                    if body.len() + part.len() > MOST {
                        return Err(self.no_answer("the response is too long"));
                    }
                    body.extend_from_slice(&part);
                }
                Ok(head(&mut response).map(|()| body.freeze()))
            });
            let span = spans::call(&parts.method, &url, self.peer, before);
            match self.observed(&span, deadline, exchange).await {
                Err(error) if error.is_unsent && before == 0 => before += 1,
                answer => return answer,
            }
        }
    }

    /// Forwards a request, and returns the answer with its body still to come. The head of the
    /// answer must come within `limit`. Bodies are streamed in both directions. The caller has
    /// removed the headers of its own connection. Repeats a call once if no connection was made.
    pub async fn forward<S>(
        &self,
        request: Request<Option<S>>,
        limit: Duration,
    ) -> Result<Response<BoxStream<'static, Result<Bytes, NoAnswer>>>, NoAnswer>
    where
        S: TryStream<Ok = Bytes> + Send + 'static,
        S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (parts, body) = request.into_parts();
        let (deadline, url) = (Instant::now() + limit, self.url(parts.uri.path(), parts.uri.query()));
        let body = body.map(|body| Arc::new(Mutex::new(Some(body))));
        let mut before = 0;
        loop {
            let request = self.http.request(parts.method.clone(), url.clone()).headers(parts.headers.clone());
            let request = match &body {
                Some(body) => request.body(Body::wrap_stream(taken_when_read(body.clone()))),
                None => request,
            };
            let exchange = Box::pin(async {
                let sent = request.headers(outgoing()).send().await;
                let mut response = sent.map_err(|error| self.failed(error))?;
                let (head, client) = (head(&mut response), self.clone());
                Ok(head.map(|()| response.bytes_stream().map_err(move |error| client.failed(error)).boxed()))
            });
            let span = spans::call(&parts.method, &url, self.peer, before);
            match self.observed(&span, deadline, exchange).await {
                Err(error) if error.is_unsent && before == 0 => before += 1,
                answer => return answer,
            }
        }
    }

    /// Waits for one attempt until `deadline`, and records its outcome.
    async fn observed<T>(
        &self,
        span: &Span,
        deadline: Instant,
        exchange: impl Future<Output = Result<Response<T>, NoAnswer>>,
    ) -> Result<Response<T>, NoAnswer> {
        let began = Instant::now();
        let answer = span.run(timeout_at(deadline, exchange)).await;
        let answer = answer.unwrap_or_else(|_elapsed| Err(self.no_answer("no answer in time")));
        self.observe(span, answer.as_ref().map(Response::status), began);
        answer
    }

    /// Returns the URL of a path at this service.
    fn url(&self, path: &str, query: Option<&str>) -> Url {
        below(&self.base, path, query)
    }

    fn observe(&self, span: &Span, answer: Result<StatusCode, &NoAnswer>, began: Instant) {
        let outcome = if let Ok(status) = answer {
            spans::answered(span, status);
            if status.is_server_error() {
                "unknown"
            } else if status.is_client_error() {
                "refused"
            } else {
                "ok"
            }
        } else {
            span.fail("unreachable");
            "unknown"
        };
        self.metrics.observe(self.peer, outcome, began.elapsed());
    }

    fn failed(&self, error: reqwest::Error) -> NoAnswer {
        let is_unsent = error.is_connect();
        let is_broken = error.is_request() && !is_unsent && !error.is_timeout();
        NoAnswer { is_unsent, is_broken, ..self.no_answer(chain(&error.without_url())) }
    }

    fn no_answer(&self, reason: impl Into<String>) -> NoAnswer {
        NoAnswer { peer: self.peer, reason: reason.into(), is_unsent: false, is_broken: false }
    }
}

/// Takes status and headers of an answer.
fn head(response: &mut reqwest::Response) -> Response<()> {
    let mut head = Response::new(());
    *head.status_mut() = response.status();
    *head.headers_mut() = std::mem::take(response.headers_mut());
    head
}

/// Returns a body as a stream that takes it at the first read. A request that found no connection
/// has read nothing, so the next attempt still has the body.
fn taken_when_read<S>(body: Arc<Mutex<Option<S>>>) -> impl TryStream<Ok = Bytes, Error = S::Error> + Send
where
    S: TryStream<Ok = Bytes> + Send + 'static,
{
    let taken = async move { stream::iter(body.lock().unwrap_or_else(PoisonError::into_inner).take()) };
    stream::once(taken).flatten().flat_map(TryStreamExt::into_stream)
}

/// Returns the URL of `path` below `base`. The host never changes, whatever the path. A path whose
/// dot segments lead out of `base` becomes its root.
fn below(base: &Url, path: &str, query: Option<&str>) -> Url {
    let prefix = base.path().trim_end_matches('/');
    let mut url = base.clone();
    url.set_path(&format!("{prefix}{path}"));
    if !url.path().strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/')) {
        url.set_path(&format!("{prefix}/"));
    }
    url.set_query(query);
    url
}

#[cfg(test)]
mod tests {
    use std::io;

    use estore_telemetry::metrics::Meter;

    use super::*;

    const PEER: Setting = Setting::text("PEER_URL", "The address of a service.");

    /// Returns a client of a service at which nothing listens: its port is the discard port.
    fn unreachable() -> (PublicClient, Platform) {
        let platform = Platform::new(Meter::default(), "test").unwrap();
        let base = "http://127.0.0.1:9".parse().unwrap();
        (PublicClient::at(base, &platform, "peer", &PEER).unwrap(), platform)
    }

    #[track_caller]
    fn assert_two_attempts(platform: &Platform, error: &NoAnswer) {
        assert!(error.is_unsent, "{error}");
        let attempts = r#"estore_peer_call_duration_seconds_count{outcome="unknown",peer="peer"} 2"#;
        let metrics = platform.metrics.text().unwrap();
        assert!(metrics.lines().any(|line| line == attempts), "{metrics}");
    }

    #[tokio::test]
    async fn unsent_write_gets_one_more_attempt() {
        let (client, platform) = unreachable();
        let request = Request::post("/orders").body(Bytes::new()).unwrap();
        let error = client.call(request, Duration::from_secs(5)).await.unwrap_err();
        assert_two_attempts(&platform, &error);
    }

    #[tokio::test]
    async fn unsent_forwarded_call_gets_one_more_attempt() {
        for has_body in [false, true] {
            let (client, platform) = unreachable();
            let body = stream::iter([io::Result::Ok(Bytes::from_static(b"{}"))]);
            let request = Request::post("/orders").body(has_body.then_some(body)).unwrap();
            let answer = client.forward(request, Duration::from_secs(5)).await;
            assert_two_attempts(&platform, &answer.err().unwrap());
        }
    }

    #[tokio::test]
    async fn unread_body_stays_for_the_next_attempt() {
        let body = stream::iter([io::Result::Ok(Bytes::from_static(b"a")), Ok(Bytes::from_static(b"b"))]);
        let body = Arc::new(Mutex::new(Some(body)));
        drop(taken_when_read(body.clone()));
        let read: Vec<Bytes> = taken_when_read(body).try_collect().await.unwrap();
        assert_eq!(read, ["a", "b"]);
    }

    #[test]
    fn path_stays_below_the_base() {
        let url = |base: &str, path: &str| below(&base.parse().unwrap(), path, Some("a=b")).to_string();
        for (path, there) in [
            ("/products/MUG-01", "/products/MUG-01"),
            ("/a%2Fb", "/a%2Fb"),
            ("//evil.example/x", "//evil.example/x"),
            ("/../internal", "/internal"),
        ] {
            assert_eq!(url("http://shop", path), format!("http://shop{there}?a=b"));
        }
        assert_eq!(url("http://shop/user/", "/me"), "http://shop/user/me?a=b");
        for path in ["/../payment/orders", "/%2e%2e/payment", "/..\\x", "/../userx/y", "/a/../../x"] {
            assert_eq!(url("http://shop/user", path), "http://shop/user/?a=b", "{path}");
        }
    }
}
