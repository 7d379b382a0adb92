//! CORS (Fetch standard): only the origins that the operator names, never `*`.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::CorsLayer;

use super::context::REQUEST_ID;
use crate::config::{ConfigError, Env};

const NAME: &str = "CORS_ALLOWED_ORIGINS";
const EXAMPLE: &str = "https://shop.example,https://admin.example";

/// The layer for `CORS_ALLOWED_ORIGINS`: comma-separated, none by default.
pub(super) fn layer(env: &Env) -> Result<Option<CorsLayer>, ConfigError> {
    let origins: String = env.or(NAME, String::new(), EXAMPLE)?;
    let origins: Vec<HeaderValue> = origins
        .split(',')
        .map(str::trim)
        .filter(|origin| !origin.is_empty())
        .map(origin)
        .collect::<Result<_, _>>()?;
    if origins.is_empty() {
        return Ok(None);
    }
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let own = ["idempotency-key", "traceparent", "tracestate"].map(HeaderName::from_static);
    let sent =
        [header::AUTHORIZATION, header::CONTENT_TYPE, header::IF_MATCH, header::IF_NONE_MATCH, REQUEST_ID];
    let shown = ["idempotent-replayed", "ratelimit", "ratelimit-policy"].map(HeaderName::from_static);
    let seen = [header::ETAG, header::LOCATION, header::RETRY_AFTER, header::WWW_AUTHENTICATE, REQUEST_ID];
    Ok(Some(
        CorsLayer::new()
            .allow_origin(origins)
            .allow_methods(methods)
            .allow_headers(sent.into_iter().chain(own).collect::<Vec<_>>())
            .expose_headers(seen.into_iter().chain(shown).collect::<Vec<_>>())
            .max_age(Duration::from_mins(10)),
    ))
}

fn origin(text: &str) -> Result<HeaderValue, ConfigError> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match (host, HeaderValue::from_str(text)) {
        (Some(host), Ok(value)) if !host.is_empty() && !host.contains(['/', '*']) => Ok(value),
        _ => Err(ConfigError::new(NAME, format!("has {text:?}, which is no origin"), EXAMPLE)),
    }
}
