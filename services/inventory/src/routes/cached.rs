//! Answers that a client may keep as long as it asks whether they still hold (RFC 9110, section 13.1.2).

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use estore_contract::inventory::Product;
use estore_kit::{Problem, extract::Json};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The entity tag of a product: it changes with the description and with what is left.
pub(super) fn product_tag(product: &Product) -> String {
    format!("\"{}-{}\"", product.version, product.available)
}

/// The version in an entity tag that we gave.
pub(super) fn version_in(tag: &str) -> Option<u64> {
    tag.split('-').next()?.parse().ok()
}

/// `body` with its tag, or 304 where the client has it.
pub(super) fn answer<T: Serialize>(request: &HeaderMap, body: T, tag: &str) -> Result<Response, Problem> {
    let value = HeaderValue::from_str(tag).map_err(Problem::internal)?;
    let headers =
        [(header::ETAG, value), (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=0"))];
    if has(request, tag) {
        Ok((StatusCode::NOT_MODIFIED, headers).into_response())
    } else {
        Ok((headers, Json(body)).into_response())
    }
}

/// `body` with a weak tag made of its content.
pub(super) fn answer_hashed<T: Serialize>(request: &HeaderMap, body: T) -> Result<Response, Problem> {
    let text = serde_json::to_vec(&body).map_err(Problem::internal)?;
    let hash = hex::encode(Sha256::digest(&text));
    answer(request, body, &format!("W/\"{hash}\""))
}

fn has(request: &HeaderMap, tag: &str) -> bool {
    let weak = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let sent = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    sent.flat_map(|value| value.split(',')).any(|one| one.trim() == "*" || weak(one) == weak(tag))
}
