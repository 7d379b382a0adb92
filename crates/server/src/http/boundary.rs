//! The outermost layer. It gives each request its id, renders errors as the one error body, and
//! sets the headers of every answer. It also updates the metrics, and logs one line for each
//! request.

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
use estore_base::{
    client_address::ClientAddress,
    clock::Clock,
    fail_point,
    request_id::{REQUEST_ID, RequestId, with_id},
    trusted_proxies::TrustedProxies,
};
use estore_contract::{Code, ErrorBody, PeerName};
use estore_telemetry::{Platform, metrics::HttpMetrics};
use futures::FutureExt;
use http::{HeaderValue, Method, StatusCode, header};
use tokio::time::timeout;

use super::{
    ConnectionLimit, RemoteAddr,
    context::{self, Held},
    cors::{self, Cors},
    local_pages,
    pages::{Pages, Reader},
    record::Record,
    spans, target,
};
use crate::{
    Problem,
    auth::PeerIdentity,
    limit::{Classes, Limiter, Limits},
};

/// The longest time that a handler may take. Handlers whose work may take longer answer before, and
/// leave the work to go on (order-flow section 5).
pub(crate) const LONGEST: Duration = Duration::from_secs(30);

/// The longest time for the charge of an address, which comes before the handler. The requests of
/// one address wait for each other, and a store without an answer must not delay them one by one.
const CHARGE: Duration = Duration::from_secs(4);

/// Routes that are answered under any load. Their callers decide whether the process is killed or
/// gets requests.
const ALWAYS: [&str; 2] = ["/health", "/ready"];

/// The state of the layer.
pub(super) struct Boundary {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) metrics: HttpMetrics,
    /// The name of the listener, a metric label.
    pub(super) listener: &'static str,
    /// The origins whose pages may read answers, if any.
    pub(super) cors: Option<Cors>,
    /// The rate limits, on listeners that serve clients.
    pub(super) counting: Option<Counting>,
    /// The proxies in front, if handlers pass the client's address on.
    pub(super) proxies: Option<TrustedProxies>,
    /// The limit on requests in progress.
    pub(super) slots: Arc<ConnectionLimit>,
    /// The operations whose errors are pages.
    pub(super) pages: Pages,
    /// True if requests of foreign pages are refused: the listener has no login.
    pub(super) local_pages_only: bool,
}

impl Boundary {
    /// Creates the boundary of a listener without limits, other origins or pages.
    pub(super) fn plain(platform: &Platform, listener: &'static str, slots: Arc<ConnectionLimit>) -> Self {
        Self {
            clock: platform.clock.clone(),
            metrics: platform.http.clone(),
            listener,
            cors: None,
            counting: None,
            proxies: None,
            slots,
            pages: Pages::default(),
            local_pages_only: false,
        }
    }

    /// Returns the client's address, if handlers pass it on.
    fn client(&self, request: &Request) -> Option<ClientAddress> {
        let RemoteAddr(peer) = *request.extensions().get()?;
        Some(ClientAddress::of(self.proxies.as_ref()?, peer, request.headers()))
    }

    /// Rejects a request before its route sees it. Otherwise returns the request's slot, if it
    /// needs one.
    fn admit(&self, request: &Request, route: &str, is_free: bool) -> Result<Option<Held>, Problem> {
        if let Some(problem) = target::refusal(request) {
            return Err(problem);
        }
        if self.local_pages_only
            && let Some(problem) = local_pages::refusal(request)
        {
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
                let message = "Too many requests are in progress; nothing was done. Try again.";
                Err(Problem::new(Code::Unavailable, message))
            }
        }
    }
}

/// The rate limits and the means to find a request's client and class.
pub(super) struct Counting {
    pub(super) proxies: TrustedProxies,
    pub(super) limits: Limits,
    pub(super) classes: Arc<Classes>,
}

impl Counting {
    /// Returns the limiter that charges a request, or `None` for a route without a class, such as
    /// the probes.
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
    let id = RequestId::of(request.headers(), boundary.clock.as_ref());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map(MatchedPath::as_str);
    let reader = boundary.pages.reader(&request, route);
    let route = route.unwrap_or("(none)");
    let peer =
        request.extensions().get::<PeerIdentity>().and_then(|identity| identity.0).map(PeerName::as_str);
    // Probes and scrapes come every few seconds and carry no information.
    let is_probe = boundary.listener == "management" || ALWAYS.contains(&route);
    let span = if is_probe {
        None
    } else {
        Some(spans::serve(&request, boundary.listener, route, peer, id.as_str()))
    };
    let limiter = boundary.counting.as_ref().and_then(|counting| counting.limiter(&request, route));
    if let Some(client) = boundary.client(&request) {
        request.extensions_mut().insert(client);
    }
    let page = boundary.cors.as_ref().and_then(|cors| cors.page(request.headers()));
    let is_preflight = page.is_some() && cors::is_preflight(&request);
    let admitted = boundary.admit(&request, route, is_preflight || ALWAYS.contains(&route));
    let (slot, current) = (admitted.as_ref().ok().cloned().flatten(), id.clone());
    let work = async {
        let mut record = Record {
            metrics: &boundary.metrics,
            listener: boundary.listener,
            method: &method,
            route,
            peer,
            began: started,
            status: None,
        };
        let mut response = match admitted {
            Ok(_) if is_preflight => cors::preflight(),
            Ok(_slot) => {
                let work = async {
                    if let Some(limiter) = &limiter {
                        if let Err(problem) = charge_address(limiter).await {
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
        let mut response = finish(response, &method, id, reader.as_ref());
        if boundary.cors.is_some() {
            Cors::complete(page, response.headers_mut());
        }

        let status = response.status();
        if let Some(span) = &span {
            spans::served(span, status);
        }
        record.status = Some(status);
        response
    };
    let work = current.scope(context::hold(slot, work));
    match &span {
        Some(span) => span.run(work).await,
        None => work.await,
    }
}

/// Charges the client's address. Nothing has happened before, so a late answer of the store makes a
/// 503 after which the client may try again.
async fn charge_address(limiter: &Limiter) -> Result<(), Problem> {
    let charged = timeout(CHARGE, limiter.charge_address()).await;
    charged.unwrap_or_else(|elapsed| Err(Problem::unavailable(elapsed)))
}

/// Runs the handler. A timeout becomes a 503. A panic becomes a 500 for its request, and affects no
/// other.
async fn guarded(next: Next, request: Request, listener: &str) -> Response {
    let only_reads = request.method().is_safe();
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
        Err(elapsed) if only_reads => Problem::unavailable(elapsed).into_response(),
        // The handler may have had its effect before it was dropped. Work that it spawned goes on.
        Err(elapsed) => Problem::outcome_unknown(elapsed).into_response(),
    }
}

fn finish(mut response: Response, method: &Method, id: RequestId, reader: Option<&Reader>) -> Response {
    if let Some(problem) = response.extensions_mut().remove::<Problem>().or_else(|| unrendered(&response)) {
        log(&problem);
        response.headers_mut().remove(header::CONTENT_LENGTH);
        let rendered = match reader {
            Some(reader) => reader.answer(&problem),
            None => error_body(&problem, id.as_str(), response.status()),
        };
        let (parts, body) = rendered.into_parts();
        *response.status_mut() = parts.status;
        *response.body_mut() = if method == Method::HEAD { Body::empty() } else { body };
        response.headers_mut().extend(parts.headers);
    }
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, id.into_header());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Renders an error of one entry of a batch as the body that it would be by itself, and logs its
/// cause.
#[must_use]
pub fn entry_body(problem: &Problem) -> ErrorBody {
    log(problem);
    let mut body = problem.body("");
    with_id(|id| id.clone_into(&mut body.request_id));
    body
}

fn log(problem: &Problem) {
    if let Some(causes) = problem.causes() {
        tracing::error!(code = problem.code().as_str(), causes, "request failed");
    }
}

fn error_body(problem: &Problem, id: &str, status: StatusCode) -> Response {
    // Plain data with string keys, which always serializes.
    let body = serde_json::to_vec(&problem.body(id)).unwrap_or_default();
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (status, json, body).into_response()
}

/// Converts an error of the framework to a [`Problem`], such as an unknown path or method.
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
            Problem::new(Code::MethodNotAllowed, "This path does not allow this method; see Allow.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Code::PayloadTooLarge, "The body is too large."),
        status if status.is_client_error() => Problem::new(Code::BadRequest, "The request cannot be parsed."),
        status => Problem::internal(format!("a layer answered {status}")),
    })
}

#[cfg(test)]
mod tests;
