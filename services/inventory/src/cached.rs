//! Answers that a client may cache as long as it revalidates them (RFC 9110, section 13.1.2).

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use estore_contract::{Sku, inventory::Product};
use estore_server::{
    Problem,
    extract::{IfNoneMatch, Json},
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    catalogue::{View, body_tag},
    domain::Edition,
};

/// Returns the entity tag of a product. It changes with the description and with the stock.
pub(crate) fn product_tag(product: &Product) -> String {
    state_tag(&product.sku, Edition::of(product), product.available)
}

/// Returns the entity tag of a product with this description and stock.
pub(crate) fn state_tag(sku: &Sku, edition: Edition, available: i64) -> String {
    format!("\"{}\"", opaque(sku, edition, available))
}

/// Returns the edition for which an entity tag of this product was issued. Returns `None` if no
/// state of the product ever had this tag. The stock at that time does not matter: a sale between
/// reading and writing does not change the description.
///
/// A tag of a release before has no time, and names no edition: versions repeat after a restore.
pub(crate) fn edition_in(sku: &Sku, tag: &str) -> Option<Edition> {
    let (version, rest) = tag.split_once('-')?;
    let (rest, _) = rest.rsplit_once('-')?;
    let (available, updated) = rest.rsplit_once('-')?;
    let edition = Edition { version: version.parse().ok()?, updated: updated.parse().ok()? };
    (opaque(sku, edition, available.parse().ok()?) == tag).then_some(edition)
}

/// Returns an entity tag without its quotes. The digest distinguishes issued tags from invented
/// ones and from those of other products.
fn opaque(sku: &Sku, Edition { version, updated }: Edition, available: i64) -> String {
    let mut digest = hex::encode(Sha256::digest(format!("{sku} {version} {available} {updated}")));
    digest.truncate(12);
    format!("{version}-{available}-{updated}-{digest}")
}

/// Returns `body` with its entity tag, or 304 if the client has it.
pub(crate) fn answer<T: Serialize>(known: &IfNoneMatch, body: T, tag: &str) -> Result<Response, Problem> {
    let value = HeaderValue::from_str(tag).map_err(Problem::internal)?;
    let headers =
        [(header::ETAG, value), (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=0"))];
    if known.has(tag) {
        Ok((StatusCode::NOT_MODIFIED, headers).into_response())
    } else {
        Ok((headers, Json(body)).into_response())
    }
}

/// Returns ready JSON with its entity tag, or 304 if the client has it. In that case the JSON is
/// not built.
pub(crate) fn answer_ready(
    known: &IfNoneMatch,
    body: impl FnOnce() -> Vec<u8>,
    tag: &str,
) -> Result<Response, Problem> {
    let value = HeaderValue::from_str(tag).map_err(Problem::internal)?;
    let held = HeaderValue::from_static("private, max-age=0");
    if known.has(tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, value), (header::CACHE_CONTROL, held)])
            .into_response());
    }
    let json = HeaderValue::from_static("application/json");
    let headers = [(header::ETAG, value), (header::CACHE_CONTROL, held), (header::CONTENT_TYPE, json)];
    Ok((headers, Body::from(body())).into_response())
}

/// Returns a view that the catalogue caches.
pub(crate) fn answer_view(known: &IfNoneMatch, view: &View) -> Result<Response, Problem> {
    answer_ready(known, || view.body.clone(), &view.tag)
}

/// Returns `body` with a weak entity tag computed from its content.
pub(crate) fn answer_hashed<T: Serialize>(known: &IfNoneMatch, body: T) -> Result<Response, Problem> {
    let text = serde_json::to_vec(&body).map_err(Problem::internal)?;
    let tag = body_tag(&text);
    answer_ready(known, || text, &tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_issued_tags_name_an_edition() {
        let (sku, other): (Sku, Sku) = ("A".parse().unwrap(), "B".parse().unwrap());
        let edition = Edition { version: 2, updated: 1_700_000_000_000 };
        let tag = opaque(&sku, edition, 9);
        assert_eq!(edition_in(&sku, &tag), Some(edition));
        assert_eq!(edition_in(&sku, &opaque(&sku, edition, 5)), Some(edition));
        assert_eq!(edition_in(&sku, &opaque(&sku, edition, -5)), Some(edition));
        assert_eq!(edition_in(&other, &tag), None);
        let forged = [
            "2".to_owned(),
            "2-9".to_owned(),
            "2-999".to_owned(),
            tag.replace("-9-", "-999-"),
            tag.replace("-17", "-18"),
            tag.replacen('2', "3", 1),
            tag.replacen('2', "02", 1),
            tag.replacen('2', "+2", 1),
            format!("{tag}0"),
            String::new(),
        ];
        for forged in forged {
            assert_eq!(edition_in(&sku, &forged), None, "{forged}");
        }
    }
}
