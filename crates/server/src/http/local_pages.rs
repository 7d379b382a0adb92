//! Refuses requests of foreign pages, on listeners without a login. Any page in a browser of this
//! machine could otherwise use them, by a name that leads to this machine (DNS rebinding). A
//! browser names the page in `Origin` with every request that changes something.

use estore_contract::Code;
use http::{HeaderMap, HeaderValue, header};
use url::{Host, Url};

use crate::Problem;

/// Returns the problem with the page that sent a request, if there is one. Programs that are no
/// browsers name no page.
pub(super) fn refusal(headers: &HeaderMap) -> Option<Problem> {
    let is_foreign = headers.get_all(header::ORIGIN).iter().any(|origin| !is_local(origin));
    let problem = || Problem::new(Code::Forbidden, "Only pages of this machine (localhost) may use this.");
    is_foreign.then(problem)
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
        let origins = origins.iter().map(|origin| (header::ORIGIN, HeaderValue::from_static(origin)));
        refusal(&origins.collect()).is_some()
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
