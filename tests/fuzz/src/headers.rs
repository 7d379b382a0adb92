//! Parsed headers: Idempotency-Key, If-Match, the token in Authorization, traceparent, and
//! Accept-Language.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use axum::extract::FromRequestParts;
use estore_contract::{Sensitive, introspection::Principal};
use estore_server::{
    auth::{AuthUnavailable, Authenticator, Caller, Guarded},
    extract::{IdempotencyKey, IfMatch},
    page::locale,
};
use estore_telemetry::trace::TraceContext;
use futures::FutureExt;
use http::{HeaderName, HeaderValue, Request, header, request::Parts};

use crate::{choose, text};

pub(crate) fn check(data: &[u8]) {
    match choose(data, 5) {
        Some((0, values)) => key(values),
        Some((1, values)) => if_match(values),
        Some((2, values)) => bearer(values),
        Some((3, values)) => traceparent(values),
        Some((_, values)) => language(values),
        None => {}
    }
}

/// Builds a request with one header for each line.
fn request(name: &HeaderName, values: &[u8]) -> Parts {
    let mut parts = Request::new(()).into_parts().0;
    for line in values.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            parts.headers.append(name, value);
        }
    }
    parts
}

/// Checks that a language appended last, with the lowest weight, changes nothing.
fn language(values: &[u8]) {
    let mut parts = request(&header::ACCEPT_LANGUAGE, values);
    let before = locale(&parts.headers);
    parts
        .headers
        .append(header::ACCEPT_LANGUAGE, HeaderValue::from_static("fr, en;q=2, de;q=x, ;, =, *;q=0"));
    assert_eq!(locale(&parts.headers), before);
}

fn key_of(values: &[u8]) -> Option<IdempotencyKey> {
    let mut parts = request(&HeaderName::from_static("idempotency-key"), values);
    <IdempotencyKey as FromRequestParts<()>>::from_request_parts(&mut parts, &()).now_or_never()?.ok()
}

fn key(values: &[u8]) {
    let Some(key) = key_of(values) else { return };
    let text = key.as_str();
    assert!((1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()), "{text:?}");
    // The quotes are not part of it.
    assert_eq!(key_of(format!("\"{text}\"").as_bytes()), Some(key.clone()));
}

fn if_match(values: &[u8]) {
    let mut parts = request(&header::IF_MATCH, values);
    let read = <IfMatch as FromRequestParts<()>>::from_request_parts(&mut parts, &()).now_or_never();
    let there = parts.headers.contains_key(header::IF_MATCH);
    match read {
        Some(Ok(IfMatch::Absent)) => assert!(!there, "a condition was not heard"),
        Some(Ok(IfMatch::Any) | Err(_)) => assert!(there),
        Some(Ok(IfMatch::Tags(tags))) => {
            assert!(tags.iter().all(|tag| !tag.contains(['"', ' ', '\t'])), "{tags:?}");
        }
        None => assert!(there, "it waits for nothing"),
    }
}

/// Checks that a stored traceparent names the same trace and step as the original, and is valid
/// itself.
fn traceparent(values: &[u8]) {
    let Some(sent) = text(values) else { return };
    let Some(cause) = TraceContext::parse(sent) else { return };
    let kept = cause.to_string();
    assert!(kept.len() == 55 && sent.get(2..53) == kept.get(2..53), "{sent:?} became {kept}");
    assert_eq!(TraceContext::parse(&kept), Some(cause), "{sent:?}");
}

/// Records the token that it is asked about.
#[derive(Default)]
struct Ear(Mutex<Option<String>>);

#[async_trait]
impl Authenticator for Ear {
    async fn authenticate(&self, token: &Sensitive) -> Result<Option<Principal>, AuthUnavailable> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.expose().to_owned());
        Ok(None)
    }
}

impl Guarded for Ear {
    fn authenticator(&self) -> &dyn Authenticator {
        self
    }
}

fn bearer(values: &[u8]) {
    let (ear, mut parts) = (Ear::default(), request(&header::AUTHORIZATION, values));
    let refused = Caller::from_request_parts(&mut parts, &ear).now_or_never();
    assert!(matches!(refused, Some(Err(_))), "nobody is let in");
    let Some(token) = ear.0.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
    assert!((1..=4096).contains(&token.len()) && token.trim() == token, "{token:?}");
    let mut sent = parts.headers.get_all(header::AUTHORIZATION).iter();
    let (first, second) = (sent.next().map(HeaderValue::as_bytes).unwrap_or_default(), sent.next());
    assert!(second.is_none() && first.to_ascii_lowercase().starts_with(b"bearer "), "{token:?}");
}
