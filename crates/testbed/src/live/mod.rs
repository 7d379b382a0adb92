//! The live page: the state of the store for people who have no Grafana at hand. The page requests
//! data from its own server alone. That server sends the fixed queries of `shown.rs` to Prometheus,
//! and checks the health of each part.

mod answer;
mod parts;
mod shown;
#[cfg(test)]
mod tests;

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::{Next, from_fn},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use tokio::{net::TcpListener, sync::Mutex, task::JoinSet, time::Instant};

use crate::shop::ServiceName;

const PAGE: &str = include_str!("page.html");
/// The time for which an answer is reused: however many people look, Prometheus gets each query
/// once.
const FRESH: Duration = Duration::from_secs(1);

/// The parts that the page shows.
pub struct Watched {
    /// The management port of each service.
    pub services: Vec<(ServiceName, u16)>,
    /// The HTTP port of the mailbox.
    pub mailbox: u16,
    /// The port of Prometheus.
    pub prometheus: u16,
    /// The interval at which Prometheus reads metrics.
    pub interval: Duration,
    /// Set if Prometheus has alert rules.
    pub has_rules: bool,
    /// Names and addresses of other pages.
    pub links: Vec<[String; 2]>,
}

/// The page's server. It stops when this is dropped.
pub struct Live {
    /// The port on which the page is served.
    pub port: u16,
    _server: JoinSet<()>,
}

struct Shared {
    watched: Watched,
    last: Mutex<Option<(Instant, String)>>,
}

impl Live {
    /// Listens on `port` of the loopback address; 0 picks any free port.
    pub async fn start(port: u16, watched: Watched) -> Result<Self> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.with_context(|| format!("port {port}"))?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared { watched, last: Mutex::new(None) });
        let mut server = JoinSet::new();
        server.spawn(serve(listener, shared));
        Ok(Self { port, _server: server })
    }
}

#[expect(clippy::disallowed_methods, reason = "no service of the shop: it has no OpenAPI document")]
async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let router = Router::new()
        .route("/", get(page))
        .route("/api/live", get(live))
        .layer(from_fn(only_by_its_own_name))
        .with_state(shared);
    // The server ends with the page, not by itself.
    let _ended = axum::serve(listener, router).await;
}

/// Serves the page. Only its own script and style run, named by their hashes, and it can connect
/// only to its own server.
async fn page() -> Response {
    let (script, style) = (hash("<script>", "</script>"), hash("<style>", "</style>"));
    let policy = format!(
        "default-src 'none'; connect-src 'self'; img-src data:; script-src '{script}'; style-src '{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(PAGE)).into_response()
}

fn hash(open: &str, close: &str) -> String {
    let part =
        PAGE.split_once(open).and_then(|(_, rest)| rest.split_once(close)).map_or("", |(part, _)| part);
    format!("sha256-{}", STANDARD.encode(Sha256::digest(part)))
}

async fn live(State(shared): State<Arc<Shared>>) -> Response {
    // Requests that arrive meanwhile wait for the same answer.
    let mut last = shared.last.lock().await;
    let fresh = last.as_ref().filter(|(at, _)| at.elapsed() < FRESH).map(|(_, text)| text.clone());
    let text = match fresh {
        Some(text) => text,
        None => match serde_json::to_string(&answer::answer(&shared.watched).await) {
            Ok(text) => last.insert((Instant::now(), text)).1.clone(),
            Err(error) => return (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        },
    };
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], text).into_response()
}

/// Rejects foreign host names. A website can give itself a name that resolves to this machine, and
/// could then read what nothing else protects.
async fn only_by_its_own_name(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    if !["localhost", "127.0.0.1"].contains(&name) || !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return (StatusCode::FORBIDDEN, "open this page as localhost\n").into_response();
    }
    let mut response = next.run(request).await;
    let sniff = header::HeaderValue::from_static("nosniff");
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, sniff);
    response
}
