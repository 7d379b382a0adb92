//! CORS (Fetch standard). Pages of the origins that the operator names, never `*`, may read every
//! answer of the public listener, including errors. The boundary layer calls this module outside
//! every layer that answers.

mod origins;

use axum::{
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

use estore_base::config::{ConfigError, Env, Setting};
use origins::{Origin, Origins};

pub(crate) const CORS_ALLOWED_ORIGINS: Setting = Setting::list(
    "CORS_ALLOWED_ORIGINS",
    "Origins whose pages may read every answer; `*` stands for every port of `localhost`, `127.0.0.1` \
     or `[::1]`.",
)
.example("https://shop.example,http://localhost:*");

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
/// Request headers that a page may set.
const SENT: &str = "authorization, content-type, if-match, if-none-match, idempotency-key, last-event-id, \
                    traceparent, tracestate, x-request-id";
/// Response headers that a page may read.
const SHOWN: &str = "allow, etag, idempotent-replayed, location, ratelimit, ratelimit-policy, retry-after, \
                     www-authenticate, x-request-id";
/// The time for which a browser may cache the answer to a preflight request, in seconds.
const MAX_AGE: &str = "600";

/// Decides which pages may read answers. Cheap to clone.
#[derive(Clone)]
pub(super) struct Cors(Origins);

/// An allowed origin that sent a request.
#[derive(Debug, Clone)]
pub(super) struct Page(HeaderValue);

impl Cors {
    /// Reads `CORS_ALLOWED_ORIGINS`: comma-separated, none by default.
    pub(super) fn from_env(env: &Env) -> Result<Option<Self>, ConfigError> {
        let text: String = env.optional(&CORS_ALLOWED_ORIGINS)?.unwrap_or_default();
        let parse = |text: &str| {
            text.parse::<Origin>()
                .map_err(|wrong| CORS_ALLOWED_ORIGINS.wrong(format!("has {text:?}, which {wrong}")))
        };
        let origins = text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(parse);
        let origins = origins.collect::<Result<Vec<_>, _>>()?;
        Ok((!origins.is_empty()).then(|| Self(origins.into())))
    }

    /// Returns the page that sent a request with these headers, if it is allowed. A browser sends
    /// `Origin` once.
    pub(super) fn page(&self, headers: &HeaderMap) -> Option<Page> {
        let mut sent = headers.get_all(header::ORIGIN).iter();
        let (Some(origin), None) = (sent.next(), sent.next()) else { return None };
        origins::allow(&self.0, origin.to_str().ok()?).then(|| Page(origin.clone()))
    }

    /// Completes an answer to `page`. Without a page, it only tells caches that the answer depends
    /// on the origin.
    pub(super) fn complete(page: Option<Page>, headers: &mut HeaderMap) {
        headers.append(header::VARY, HeaderValue::from_static("origin"));
        if let Some(Page(origin)) = page {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(SHOWN));
        }
    }
}

/// Returns true for a browser's request for the permissions of a page. Such a request is neither
/// charged nor shed.
pub(super) fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Answers a preflight request of any path. Only the request itself reveals whether the path
/// exists.
pub(super) fn preflight() -> Response {
    let allowed: [(HeaderName, &str); 3] = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, SENT),
        (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE),
    ];
    (allowed, Body::empty()).into_response()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs};

    use serde_json::Value;

    use super::*;

    #[test]
    fn page_may_send_every_documented_header() {
        let mut documented = BTreeSet::new();
        for service in ["user", "verification", "inventory", "payment"] {
            let path = format!("{}/../../docs/openapi/{service}.json", env!("CARGO_MANIFEST_DIR"));
            let document: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            let paths = document["paths"].as_object().unwrap().values();
            let operations = paths.flat_map(|item| item.as_object().unwrap().values());
            let parameters = operations.filter_map(|operation| operation["parameters"].as_array()).flatten();
            let headers = parameters.filter(|parameter| parameter["in"] == "header");
            documented.extend(headers.map(|header| header["name"].as_str().unwrap().to_lowercase()));
        }
        assert!(documented.len() > 2, "{documented:?}");
        let allowed: BTreeSet<String> = SENT.split(", ").map(str::to_owned).collect();
        assert!(documented.is_subset(&allowed), "{documented:?}");
    }
}
