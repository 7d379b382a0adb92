//! The spans of requests, by OpenTelemetry's conventions for HTTP. They contain neither paths nor
//! queries, because both may hold secrets or personal data. A route tells readers of traces as
//! much.

use axum::extract::Request;
use estore_telemetry::trace::{self, Span, method_name};
use http::{StatusCode, Version};

/// Begins the span of a request that is served.
pub(super) fn serve(
    request: &Request,
    listener: &str,
    route: &str,
    peer: Option<&'static str>,
    id: &str,
) -> Span {
    // All callers on the internal listener are our own services.
    let internal = listener == "internal";
    let span = trace::serve(request.headers(), internal || trace::clients_are_trusted());
    if !span.is_recorded() {
        return span;
    }
    let method = method_name(request.method());
    let route = (route != "(none)").then_some(route);
    span.rename(|| match (method, route) {
        ("_OTHER", route) => format!("HTTP {}", route.unwrap_or_default()).trim_end().to_owned(),
        (method, Some(route)) => format!("{method} {route}"),
        (method, None) => method.to_owned(),
    });
    span.set("http.request.method", || method.to_owned());
    if let Some(route) = route {
        span.set("http.route", || route.to_owned());
    }
    span.set("url.scheme", || if internal { "https" } else { "http" });
    span.set("network.protocol.version", || if request.version() == Version::HTTP_2 { "2" } else { "1.1" });
    if let Some(peer) = peer {
        span.set("peer.service", || peer);
    }
    span.set("estore.request_id", || id.to_owned());
    span
}

/// Ends the span of a request with its status. A client's error is no failure of ours.
pub(super) fn served(span: &Span, status: StatusCode) {
    span.set("http.response.status_code", || i64::from(status.as_u16()));
    if status.is_server_error() && span.is_recorded() {
        span.fail(status.as_u16().to_string());
    }
}
