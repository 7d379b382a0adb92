//! What a request is for: one host, named once (RFC 9112, section 3.2). Where a proxy in front and we could read two different ones,
//! nobody knows what was let through.

use axum::extract::Request;
use estore_contract::Code;
use http::{HeaderValue, Method, Version, header, uri::Authority};

use crate::Problem;

/// What is wrong with it.
pub(super) fn refusal(request: &Request) -> Option<Problem> {
    if request.method() == Method::CONNECT {
        let allow = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
        let problem = Problem::new(Code::MethodNotAllowed, "This is no proxy.");
        return Some(closing(problem.header(header::ALLOW, allow)));
    }
    let mut named = request.headers().get_all(header::HOST).iter();
    let (host, second) = (named.next(), named.next());
    let is_good = second.is_none()
        && match (host, request.uri().authority()) {
            (Some(host), authority) => is_host(host, authority),
            // HTTP/2 has its own field for it, and HTTP/1.0 knew of none.
            (None, _) => request.version() != Version::HTTP_11,
        };
    let problem = || closing(Problem::new(Code::BadRequest, "Name one host, in the header Host."));
    (!is_good).then(problem)
}

fn is_host(host: &HeaderValue, authority: Option<&Authority>) -> bool {
    let Ok(host) = Authority::try_from(host.as_bytes()) else { return false };
    let port = host.as_str().strip_prefix(host.host());
    // A user before the host, or a port that is no number.
    port.is_some_and(|port| port.is_empty() || host.port_u16().is_some())
        && authority.is_none_or(|authority| authority.as_str().eq_ignore_ascii_case(host.as_str()))
}

/// Nothing more is read of such a connection.
fn closing(problem: Problem) -> Problem {
    problem.header(header::CONNECTION, HeaderValue::from_static("close"))
}
