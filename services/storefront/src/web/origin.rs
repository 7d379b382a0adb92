//! Requests that change something come from the storefront's own pages.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use url::Url;

use crate::config::Config;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// The page and the request have the same scheme, host and port.
const SAME: &[u8] = b"same-origin";

/// Returns true if a request only reads, or a page of the storefront sent it. Browsers name the
/// page in `Sec-Fetch-Site` and `Origin`, which pages cannot set. A request of no page, such as a
/// reload, still needs the token of a form.
pub(super) fn is_allowed(method: &Method, headers: &HeaderMap, config: &Config) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return true;
    }
    let text = |name| headers.get(name).map(HeaderValue::as_bytes);
    match (text(FETCH_SITE), text(header::ORIGIN)) {
        (Some(site), _) if site != SAME && site != b"none" => false,
        (_, Some(origin)) => {
            let url = std::str::from_utf8(origin).ok().and_then(|text| text.parse().ok());
            url.is_some_and(|url| is_own(&url, headers, config))
        }
        _ => true,
    }
}

/// Returns true for an address of the storefront's own pages, as the browser of this request sees
/// it. A proxy on this machine may send a `Host` of its own choice. `SHOP_URL` then counts if the
/// browser says that the page and the request have the same origin.
pub(super) fn is_own(url: &Url, headers: &HeaderMap, config: &Config) -> bool {
    let is_same = || headers.get(FETCH_SITE).is_some_and(|site| site.as_bytes() == SAME);
    let origin = url.origin();
    origin == config.origin_for(headers) || (origin == config.origin && is_same())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = "https://shop.example";

    fn allowed(shop: &str, method: &Method, pairs: &[(&'static str, &'static str)]) -> bool {
        let config = Config::at(shop).unwrap();
        let pairs = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        is_allowed(method, &pairs.collect(), &config)
    }

    #[test]
    fn form_of_another_site_is_refused() {
        let post = |pairs: &[(&'static str, &'static str)]| allowed(SHOP, &Method::POST, pairs);
        assert!(post(&[("sec-fetch-site", "same-origin"), ("origin", "https://shop.example")]));
        assert!(post(&[("sec-fetch-site", "same-origin")]));
        assert!(post(&[("origin", "https://shop.example:443")]));
        assert!(post(&[("sec-fetch-site", "none"), ("origin", "https://shop.example")]));
        assert!(post(&[]));
        for bad in [
            &[("sec-fetch-site", "cross-site"), ("origin", "https://shop.example")][..],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://evil.example")],
            &[("origin", "http://shop.example")],
            &[("origin", "https://shop.example.evil.example")],
            &[("origin", "null")],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
        ] {
            assert!(!post(bad), "{bad:?}");
        }
        assert!(allowed(SHOP, &Method::GET, &[("sec-fetch-site", "cross-site")]));
    }

    #[test]
    fn shop_of_this_machine_has_any_port() {
        let post = |shop, host, origin| allowed(shop, &Method::POST, &[("host", host), ("origin", origin)]);
        let local = "http://localhost:8080";
        assert!(post(local, "localhost:8080", "http://localhost:8080"));
        assert!(post(local, "localhost:41297", "http://localhost:41297"));
        assert!(post(local, "127.0.0.1:41297", "http://127.0.0.1:41297"));
        assert!(post(local, "10.0.0.7:8080", "http://localhost:8080"));
        for (shop, host, origin) in [
            (local, "localhost:8080", "http://localhost:3000"),
            (local, "localhost:41297", "http://localhost:8080"),
            (local, "localhost:41297", "https://localhost:41297"),
            (local, "evil.example", "http://evil.example"),
            (local, "10.0.0.7:8080", "http://10.0.0.7:8080"),
            (SHOP, "localhost:41297", "http://localhost:41297"),
            (SHOP, "evil.example", "https://evil.example"),
        ] {
            assert!(!post(shop, host, origin), "{shop} {host} {origin}");
        }
    }

    #[test]
    fn proxy_of_this_machine_may_change_the_host() {
        let post = |host, origin, site| {
            let pairs = [("host", host), ("origin", origin), ("sec-fetch-site", site)];
            allowed("http://localhost", &Method::POST, &pairs)
        };
        assert!(post("127.0.0.1:8080", "http://localhost", "same-origin"));
        assert!(post("127.0.0.1:8080", "http://127.0.0.1:8080", "same-origin"));
        for (host, origin, site) in [
            ("127.0.0.1:8080", "http://localhost", "none"),
            ("127.0.0.1:8080", "http://localhost", "same-site"),
            ("127.0.0.1:8080", "http://localhost:3000", "same-origin"),
            ("127.0.0.1:8080", "http://evil.example", "same-origin"),
        ] {
            assert!(!post(host, origin, site), "{host} {origin} {site}");
        }
    }
}
