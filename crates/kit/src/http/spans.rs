//! What traces tell of requests, by OpenTelemetry's conventions for HTTP. Neither a path nor a query is among it: both may hold what
//! is secret or personal; a route, or a path without what it names, tells the same to who reads traces.

use axum::extract::Request;
use http::{Method, StatusCode, Version};
use opentelemetry::trace::SpanKind;
use reqwest::Url;

use crate::{
    metrics::known,
    trace::{self, Span},
};

/// A request that is served.
pub(super) fn serve(
    request: &Request,
    listener: &str,
    route: &str,
    peer: Option<&'static str>,
    id: &str,
) -> Span {
    // Whoever comes to the internal listener is one of us.
    let internal = listener == "internal";
    let span = trace::serve(request.headers(), internal || trace::clients_are_trusted());
    if !span.is_recorded() {
        return span;
    }
    let method = named(request.method());
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

/// It was answered. What a client did wrong is no failure of ours.
pub(super) fn served(span: &Span, status: StatusCode) {
    span.set("http.response.status_code", || i64::from(status.as_u16()));
    if status.is_server_error() && span.is_recorded() {
        span.fail(status.as_u16().to_string());
    }
}

/// One attempt of a call; `service` is whom we call, by the name that people know, and `again` how often it was tried before.
pub(crate) fn call(method: &Method, url: &Url, service: &str, again: u32) -> Span {
    let span =
        trace::child(&SpanKind::Client, || format!("{} {}", named(method), template(url.path())).into());
    if !span.is_recorded() {
        return span;
    }
    span.set("http.request.method", || named(method).to_owned());
    span.set("url.template", || template(url.path()));
    span.set("server.address", || url.host_str().unwrap_or_default().to_owned());
    span.set("server.port", || i64::from(url.port_or_known_default().unwrap_or_default()));
    span.set("peer.service", || service.to_owned());
    if again > 0 {
        span.set("http.request.resend_count", || i64::from(again));
    }
    span
}

/// It was answered; a refusal is a failure of the call.
pub(crate) fn answered(span: &Span, status: StatusCode) {
    span.set("http.response.status_code", || i64::from(status.as_u16()));
    if (status.is_client_error() || status.is_server_error()) && span.is_recorded() {
        span.fail(status.as_u16().to_string());
    }
}

fn named(method: &Method) -> &str {
    match known(method) {
        "other" => "_OTHER",
        known => known,
    }
}

/// A path with `{id}` for each part that names one thing among many: what is no short word in lower case, or a version such as `v1`.
fn template(path: &str) -> String {
    let is_word = |part: &str| {
        part.len() < 32 && part.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_'))
    };
    let is_version = |part: &str| part.len() <= 3 && part.starts_with('v');
    let told = |part| if is_word(part) || is_version(part) { part } else { "{id}" };
    path.split('/').map(told).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_told_without_what_it_names() {
        for (path, told) in [
            ("/internal/introspect", "/internal/introspect"),
            (
                "/internal/reservations/0198c2a0-7e5c-7d52-b0f0-1c5a3e6f7a8b/confirm",
                "/internal/reservations/{id}/confirm",
            ),
            ("/v1/payment_intents/pi_3MtwBwLkdIwHu7ix28a3tqPa", "/v1/payment_intents/{id}"),
            ("/internal/catalog/products/MUG-ENAMEL-01", "/internal/catalog/products/{id}"),
            ("/internal/users/ABCDEF/email-verified", "/internal/users/{id}/email-verified"),
            ("/", "/"),
        ] {
            assert_eq!(template(path), told);
        }
    }
}
