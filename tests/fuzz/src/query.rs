//! Query strings and forms, as the lists and the verification page parse them.

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts},
};
use estore_contract::{
    Code, Email, Limit,
    introspection::Role,
    text::{Slug, Tag},
    verification::VerifyRequest,
};
use estore_server::extract::{Form, Query};
use futures::FutureExt;
use http::{Request, Uri, header};
use serde::Deserialize;

use crate::{choose, text};

/// One parameter of each kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    q: Option<String>,
    category: Option<Slug>,
    #[serde(default)]
    tag: Vec<Tag>,
    #[expect(dead_code, reason = "only parsed")]
    min_price: Option<i64>,
    #[serde(default)]
    #[expect(dead_code, reason = "only parsed")]
    in_stock: bool,
    #[expect(dead_code, reason = "only parsed")]
    role: Option<Role>,
    #[expect(dead_code, reason = "only parsed")]
    email: Option<Email>,
    #[serde(default)]
    limit: Limit,
    cursor: Option<String>,
}

pub(crate) fn check(data: &[u8]) {
    match choose(data, 2) {
        Some((0, query)) => list(query),
        Some((_, body)) => form(body),
        None => {}
    }
}

fn list(query: &[u8]) {
    let Some(Ok(uri)) = text(query).map(|query| Uri::try_from(format!("/list?{query}"))) else { return };
    let mut parts = Request::builder().uri(uri).body(()).unwrap_or_default().into_parts().0;
    match Query::<List>::from_request_parts(&mut parts, &()).now_or_never() {
        Some(Ok(Query(list))) => {
            assert!((1..=100).contains(&list.limit.get()), "{list:?}");
            let words = list.category.iter().map(Slug::as_str).chain(list.tag.iter().map(Tag::as_str));
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            assert!(words.into_iter().all(|word| word.bytes().all(plain)), "{list:?}");
            let texts = [list.q, list.cursor].into_iter().flatten();
            assert!(texts.into_iter().all(|text| text.len() <= query.len()), "more than was sent");
        }
        Some(Err(refusal)) => assert_eq!(refusal.code(), Code::ValidationError),
        None => assert!(query.is_empty(), "it waits for nothing"),
    }
}

fn form(body: &[u8]) {
    let kind = "application/x-www-form-urlencoded";
    let request = Request::builder().header(header::CONTENT_TYPE, kind).body(Body::from(body.to_vec()));
    let Ok(request) = request else { return };
    let read = Form::<VerifyRequest>::from_request(request, &());
    // Reading has a deadline, which needs a runtime.
    match crate::settings::on_runtime(read) {
        // Bytes that are not UTF-8 become U+FFFD, which has three bytes, as the URL standard
        // requires.
        Ok(Form(form)) => assert!(form.token.expose().len() <= 3 * body.len()),
        Err(refusal) => {
            assert!(matches!(refusal.code(), Code::ValidationError | Code::PayloadTooLarge), "{refusal:?}");
        }
    }
}
