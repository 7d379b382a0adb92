//! Checks that a request names one host, once (RFC 9112, section 3.2). If a proxy in front and this
//! service read different hosts, the proxy's checks are worth nothing.

use axum::extract::Request;
use estore_contract::Code;
use http::{HeaderValue, Method, Version, header, uri::Authority};

use crate::Problem;

/// Returns the problem with a request's target, if there is one.
pub(super) fn refusal(request: &Request) -> Option<Problem> {
    if request.method() == Method::CONNECT {
        let allow = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
        let problem = Problem::new(Code::MethodNotAllowed, "This server is not a proxy.");
        return Some(problem.header(header::ALLOW, allow).closing());
    }
    let mut named = request.headers().get_all(header::HOST).iter();
    let (host, second) = (named.next(), named.next());
    let is_good = second.is_none()
        && match (host, request.uri().authority()) {
            (Some(host), authority) => is_host(host, authority),
            // HTTP/2 has its own field for the host, and HTTP/1.0 had none.
            (None, _) => request.version() != Version::HTTP_11,
        };
    let problem = || Problem::new(Code::BadRequest, "Name one host, in the header Host.").closing();
    (!is_good).then(problem)
}

fn is_host(host: &HeaderValue, authority: Option<&Authority>) -> bool {
    let Ok(host) = Authority::try_from(host.as_bytes()) else { return false };
    let port = host.as_str().strip_prefix(host.host());
    // Rejects a user before the host, and a port that is not a number.
    port.is_some_and(|port| port.is_empty() || host.port_u16().is_some())
        && authority.is_none_or(|authority| authority.as_str().eq_ignore_ascii_case(host.as_str()))
}
