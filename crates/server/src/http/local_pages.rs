//! Refuses requests of foreign pages, on listeners without a login. Any page in a browser of this
//! machine could otherwise use them, by a name that leads to this machine (DNS rebinding). A
//! browser names the page in `Origin` with every request that changes something. With one that
//! reads, it may name no page. But it always sends the page's own name in `Host`, because the page
//! and the request must have the same origin.

use axum::extract::Request;
use estore_contract::Code;
use http::{HeaderValue, header, uri::Authority};
use url::{Host, Url};

use crate::Problem;

/// The ends of names that nobody can register on the internet: of this machine, of private
/// networks, and of the services of a cluster.
const PRIVATE: [&str; 4] = [".localhost", ".internal", ".svc", ".svc.cluster.local"];

/// Returns the problem with the page that sent a request, if there is one. Programs that are no
/// browsers name no page.
pub(super) fn refusal(request: &Request) -> Option<Problem> {
    let origins = request.headers().get_all(header::ORIGIN);
    let hosts = request.headers().get_all(header::HOST);
    let problem = |message| Some(Problem::new(Code::Forbidden, message));
    if origins.iter().any(|origin| !is_local(origin)) {
        return problem("Only pages of this machine (localhost) may use this.");
    }
    let named = hosts.iter().map(|host| Authority::try_from(host.as_bytes()).ok());
    if named
        .chain(request.uri().authority().cloned().map(Some))
        .any(|host| !host.is_some_and(|host| is_private(&host)))
    {
        return problem("Use an IP address, localhost, or the name of a service of the cluster.");
    }
    None
}

/// Returns true for a host that no page of the internet has: an address, or a private name. A name
/// without dots is one of the local network.
fn is_private(host: &Authority) -> bool {
    match Host::parse(host.host()) {
        Ok(Host::Domain(name)) => {
            !name.contains('.') || PRIVATE.iter().any(|private| name.ends_with(private))
        }
        Ok(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        Err(_) => false,
    }
}

fn is_local(origin: &HeaderValue) -> bool {
    let Some(url) = origin.to_str().ok().and_then(|text| text.parse::<Url>().ok()) else { return false };
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(origins: &[&'static str]) -> bool {
        let mut request = Request::default();
        for origin in origins {
            request.headers_mut().append(header::ORIGIN, HeaderValue::from_static(origin));
        }
        refusal(&request).is_some()
    }

    #[test]
    fn name_of_another_site_is_refused() {
        let is_refused = |host: &'static str| {
            let mut request = Request::default();
            request.headers_mut().append(header::HOST, HeaderValue::from_static(host));
            let mut named = Request::default();
            *named.uri_mut() = format!("http://{host}/faults").parse().unwrap();
            let (by_header, by_address) = (refusal(&request).is_some(), refusal(&named).is_some());
            assert_eq!(by_header, by_address, "{host}");
            by_header
        };
        for host in [
            "localhost:8086",
            "LOCALHOST",
            "shop.localhost:8080",
            "127.0.0.1:8086",
            "10.1.2.3:8100",
            "[::1]:8086",
            "[fd00::7]",
            "demo-estore-chaos:8086",
            "demo-estore-chaos.demo.svc:8086",
            "demo-estore-chaos.demo.svc.cluster.local",
            "host.docker.internal:8086",
        ] {
            assert!(!is_refused(host), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:8086",
            "localhost.evil.example",
            "svc.cluster.local.evil.example:8086",
            "localhost.:8086",
            "127.0.0.1.evil.example",
        ] {
            assert!(is_refused(host), "{host}");
        }
    }

    #[test]
    fn pages_of_this_machine_are_admitted() {
        assert!(!is_refused(&[]), "a program");
        for origin in [
            "http://localhost:8086",
            "https://localhost",
            "http://LOCALHOST:1",
            "http://shop.localhost:8080",
            "http://127.0.0.1:8086",
            "http://127.1.2.3",
            "http://[::1]:8086",
        ] {
            assert!(!is_refused(&[origin]), "{origin}");
        }
    }

    #[test]
    fn pages_of_other_sites_are_refused() {
        for origin in [
            "",
            "null",
            "localhost",
            "http://evil.example:8086",
            "http://localhost.evil.example:8086",
            "http://evillocalhost",
            "http://evil.example/localhost",
            "http://localhost@evil.example",
            "http://10.0.0.1",
            "http://0.0.0.0:8086",
            "http://[::]:8086",
            "file:///tmp/page.html",
        ] {
            assert!(is_refused(&[origin]), "{origin}");
        }
        assert!(is_refused(&["http://localhost", "http://evil.example"]), "two origins");
    }
}
