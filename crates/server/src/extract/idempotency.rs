//! The `Idempotency-Key` header (after draft-ietf-httpapi-idempotency-key-header).

use std::fmt;

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::request::Parts,
    response::Response,
};
use estore_contract::Code;
use http::{HeaderName, HeaderValue};

use crate::Problem;

const HEADER: &str = "Idempotency-Key";

/// A client's name for one operation: 1 to 255 visible ASCII characters, bare or quoted. The quotes
/// are not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Returns the key, without quotes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        let visible = bare.bytes().all(|byte| byte.is_ascii_graphic());
        (visible && (1..=255).contains(&bare.len())).then(|| Self(bare.to_owned()))
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        let mut values = parts.headers.get_all(HEADER).iter();
        let (first, second) = (values.next(), values.next());
        match (first, second) {
            (None, _) => Ok(None),
            (Some(value), None) if matches!(value.as_bytes(), b"" | b"\"\"") => Ok(None),
            (Some(value), None) => match Self::parse(value.as_bytes()) {
                Some(key) => Ok(Some(key)),
                None => Err(Problem::field(HEADER, "must be 1 to 255 visible ASCII characters")),
            },
            (Some(_), Some(_)) => Err(Problem::field(HEADER, "must be sent once")),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let key = <Self as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await?;
        key.ok_or_else(|| {
            Problem::new(
                Code::IdempotencyKeyRequired,
                "Send an Idempotency-Key header, so that a repeat is recognised.",
            )
        })
    }
}

/// Adds `Idempotent-Replayed: true` if this is the answer to a repeat.
#[must_use]
pub fn replayed(mut response: Response, replayed: bool) -> Response {
    if replayed {
        let name = HeaderName::from_static("idempotent-replayed");
        response.headers_mut().insert(name, HeaderValue::from_static("true"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_and_quoted_are_the_same_key() {
        assert_eq!(IdempotencyKey::parse(b"abc"), IdempotencyKey::parse(b"\"abc\""));
        assert!(IdempotencyKey::parse(&[b'x'; 255]).is_some());
        for bad in [b"".as_slice(), b"a b", b"\xc3\xa9", &[b'x'; 256], b"a\tb"] {
            assert_eq!(IdempotencyKey::parse(bad), None);
        }
    }
}
