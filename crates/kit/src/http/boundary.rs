//! The outermost layer: gives each request its id, renders refusals as the one error body, sets the headers that every
//! answer has, counts, and logs one line.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use estore_contract::{Code, PeerName};
use futures::FutureExt;
use http::{HeaderValue, Method, StatusCode, header};
use tokio::time::timeout;

use super::{
    ClientAddress, RemoteAddr, Slots, TrustedProxies,
    context::{Context, Held, REQUEST_ID},
    cors::{self, Cors},
    pages::{Pages, Reader},
    spans, target,
};
use crate::{
    Problem,
    auth::PeerIdentity,
    clock::Clock,
    fail_point,
    limit::{Classes, Limiter, Limits},
    metrics::{HttpMetrics, known},
};

/// The longest that a handler may work: above what an order's hops may take (order-flow section 5).
pub(super) const LONGEST: Duration = Duration::from_secs(30);

/// What is answered however busy the service is: who asks decides whether it is killed, or sent requests.
const ALWAYS: [&str; 2] = ["/health", "/ready"];

/// What the layer needs.
pub(super) struct Boundary {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) metrics: HttpMetrics,
    /// Which listener: a metric label.
    pub(super) listener: &'static str,
    /// Pages of which origins may read answers, if any may.
    pub(super) cors: Option<Cors>,
    /// Who counts as a client, and what is counted: where clients are.
    pub(super) counting: Option<Counting>,
    /// Room for requests that are worked on.
    pub(super) slots: Arc<Slots>,
    /// Which refusals are pages.
    pub(super) pages: Pages,
}

impl Boundary {
    /// What is refused before it is looked at; else the request's slot, where it needs one.
    fn admit(&self, request: &Request, route: &str, is_free: bool) -> Result<Option<Held>, Problem> {
        if let Some(problem) = target::refusal(request) {
            return Err(problem);
        }
        let Some(RemoteAddr(address)) = request.extensions().get() else { return Ok(None) };
        if is_free {
            return Ok(None);
        }
        match self.slots.take(address.ip()) {
            Ok(slot) => {
                let working = self.metrics.working(self.listener, request.method(), route);
                Ok(Some(Arc::new((slot, working))))
            }
            Err(full) => {
                self.metrics.shed(self.listener, full.as_str());
                let message = "Too much is asked for at once; nothing was done. Try again.";
                Err(Problem::new(Code::Unavailable, message))
            }
        }
    }
}

/// By what requests are counted.
pub(super) struct Counting {
    pub(super) proxies: TrustedProxies,
    pub(super) limits: Limits,
    pub(super) classes: Arc<Classes>,
}

impl Counting {
    /// What a request is charged to; `None` for a route without a class, such as the probes'.
    fn limiter(&self, request: &Request, route: &str) -> Option<Limiter> {
        let class = self.classes.find(route, request.method())?;
        let RemoteAddr(peer) = *request.extensions().get()?;
        let client = ClientAddress::of(&self.proxies, peer, request.headers());
        Some(Limiter::new(self.limits.clone(), class, client))
    }
}

pub(super) async fn boundary(
    State(boundary): State<Arc<Boundary>>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let mut context = Context::of(request.headers(), boundary.clock.as_ref());
    let request_id = context.request_id.clone();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map(MatchedPath::as_str);
    let reader = boundary.pages.reader(&request, route);
    let route = route.unwrap_or("(none)");
    let peer =
        request.extensions().get::<PeerIdentity>().and_then(|identity| identity.0).map(PeerName::as_str);
    // Probes and scrapes come every few seconds and tell nothing.
    let is_probe = boundary.listener == "management" || ALWAYS.contains(&route);
    let id = context.id().to_owned();
    let span =
        if is_probe { None } else { Some(spans::serve(&request, boundary.listener, route, peer, &id)) };
    let limiter = boundary.counting.as_ref().and_then(|counting| counting.limiter(&request, route));
    let page = boundary.cors.as_ref().and_then(|cors| cors.page(request.headers()));
    let is_preflight = page.is_some() && cors::is_preflight(&request);
    let admitted = boundary.admit(&request, route, is_preflight || ALWAYS.contains(&route));
    if let Ok(slot) = &admitted {
        context.slot.clone_from(slot);
    }
    let work = async {
        let mut response = match admitted {
            Ok(_) if is_preflight => cors::preflight(),
            Ok(_slot) => {
                let work = async {
                    if let Some(limiter) = &limiter {
                        if let Err(problem) = limiter.charge_address().await {
                            return problem.into_response();
                        }
                        request.extensions_mut().insert(limiter.clone());
                    }
                    guarded(next, request, boundary.listener).await
                };
                work.await
            }
            Err(problem) => problem.into_response(),
        };
        if let Some(limiter) = &limiter {
            limiter.tell(response.headers_mut());
        }
        let mut response = finish(response, &method, &id, request_id, reader.as_ref());
        if boundary.cors.is_some() {
            Cors::complete(page, response.headers_mut());
        }

        let status = response.status();
        if let Some(span) = &span {
            spans::served(span, status);
        }
        let elapsed = started.elapsed();
        boundary.metrics.observe(boundary.listener, &method, route, status, elapsed);
        let (method, status, micros) = (known(&method), status.as_u16(), elapsed.as_micros());
        if boundary.listener == "management" {
            tracing::debug!(method, route, status, micros, "answered");
        } else {
            tracing::info!(method, route, peer, status, micros, "answered");
        }
        response
    };
    match &span {
        Some(span) => span.run(context.scope(work)).await,
        None => context.scope(work).await,
    }
}

/// Runs the handler: what takes too long is a 503, and a panic is a 500 for its request and nothing else.
async fn guarded(next: Next, request: Request, listener: &str) -> Response {
    let handler = async {
        fail_point!("{listener}.request");
        next.run(request).await
    };
    match timeout(LONGEST, AssertUnwindSafe(handler).catch_unwind()).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => {
            let text = panic.downcast_ref::<&str>().map(ToString::to_string);
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            Problem::internal(format!("a handler panicked: {text}")).into_response()
        }
        Err(elapsed) => Problem::unavailable(elapsed).into_response(),
    }
}

fn finish(
    mut response: Response,
    method: &Method,
    id: &str,
    request_id: HeaderValue,
    reader: Option<&Reader>,
) -> Response {
    if let Some(problem) = response.extensions_mut().remove::<Problem>().or_else(|| unrendered(&response)) {
        if let Some(causes) = problem.causes() {
            tracing::error!(code = problem.code().as_str(), causes, "request failed");
        }
        response.headers_mut().remove(header::CONTENT_LENGTH);
        let rendered = match reader {
            Some(reader) => reader.answer(&problem),
            None => error_body(&problem, id, response.status()),
        };
        let (parts, body) = rendered.into_parts();
        *response.status_mut() = parts.status;
        *response.body_mut() = if method == Method::HEAD { Body::empty() } else { body };
        response.headers_mut().extend(parts.headers);
    }
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, request_id);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn error_body(problem: &Problem, id: &str, status: StatusCode) -> Response {
    // Plain data with string keys, which always serializes.
    let body = serde_json::to_vec(&problem.body(id)).unwrap_or_default();
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (status, json, body).into_response()
}

/// What the framework refused by itself, as a [`Problem`]: an unknown path or method.
fn unrendered(response: &Response) -> Option<Problem> {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let ours = kind.starts_with(b"application/json") || kind.starts_with(b"text/html");
    if ours || !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    Some(match status {
        StatusCode::NOT_FOUND => Problem::not_found(),
        StatusCode::METHOD_NOT_ALLOWED => {
            Problem::new(Code::MethodNotAllowed, "This path does not take this method; see Allow.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Code::PayloadTooLarge, "The body is too large."),
        status if status.is_client_error() => {
            Problem::new(Code::BadRequest, "The request is not understood.")
        }
        status => Problem::internal(format!("a layer answered {status}")),
    })
}
