//! The spans of calls, by OpenTelemetry's conventions for HTTP. They contain neither paths nor
//! queries, because both may hold secrets or personal data. A path template tells readers of traces
//! as much.

use estore_telemetry::trace::{self, Span, method_name};
use http::{Method, StatusCode};
use opentelemetry::trace::SpanKind;
use reqwest::Url;

/// Begins the span of one attempt of a call. `service` is the display name of the callee, and
/// `again` the number of earlier attempts.
pub(crate) fn call(method: &Method, url: &Url, service: &str, again: u32) -> Span {
    let span = trace::child(&SpanKind::Client, || {
        format!("{} {}", method_name(method), template(url.path())).into()
    });
    if !span.is_recorded() {
        return span;
    }
    span.set("http.request.method", || method_name(method).to_owned());
    span.set("url.template", || template(url.path()));
    span.set("server.address", || url.host_str().unwrap_or_default().to_owned());
    span.set("server.port", || i64::from(url.port_or_known_default().unwrap_or_default()));
    span.set("peer.service", || service.to_owned());
    if again > 0 {
        span.set("http.request.resend_count", || i64::from(again));
    }
    span
}

/// Records the answer of a call. An error status is a failure of the call.
pub(crate) fn answered(span: &Span, status: StatusCode) {
    span.set("http.response.status_code", || i64::from(status.as_u16()));
    if (status.is_client_error() || status.is_server_error()) && span.is_recorded() {
        span.fail(status.as_u16().to_string());
    }
}

/// Returns a path with `{id}` for each part that names one resource among many. Keeps short
/// lower-case words, and versions such as `v1`.
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
    fn path_template_hides_identifiers() {
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
