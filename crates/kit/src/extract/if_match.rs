//! `If-Match` (RFC 9110, section 13.1.1).

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};
use http::header;

/// Which states of a thing the client is willing to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// The header is absent.
    Absent,
    /// `*`: any state, as long as the thing exists.
    Any,
    /// The states with one of these entity tags (without their quotes; weak ones never match, and are left out).
    Tags(Vec<String>),
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let values: Vec<&str> =
            parts.headers.get_all(header::IF_MATCH).iter().filter_map(|value| value.to_str().ok()).collect();
        let tag = |text: &str| text.trim().strip_prefix('"')?.strip_suffix('"').map(str::to_owned);
        Ok(match values.as_slice() {
            [] => Self::Absent,
            ["*"] => Self::Any,
            values => Self::Tags(values.iter().flat_map(|value| value.split(',')).filter_map(tag).collect()),
        })
    }
}
