//! `GET /suggest?q=`: names of products, for the script of the search field.

use axum::{Json, extract::RawQuery};
use estore_contract::Page;

use crate::{api::ProductQuery, pages::listing::Params, web::Visitor};

const MOST: u32 = 8;

/// Returns nothing if the catalogue is away: the search itself says so.
pub(super) async fn show(visitor: Visitor, RawQuery(query): RawQuery) -> Json<Vec<String>> {
    let words = Params::read(query.as_deref()).q;
    let words: String = words.trim().chars().take(200).collect();
    if words.chars().count() < 2 {
        return Json(Vec::new());
    }
    let question = ProductQuery { q: Some(words), limit: Some(MOST), ..ProductQuery::default() };
    let found = visitor.inventory().products(&question).await;
    let Page { items, .. } = found.unwrap_or(Page { items: Vec::new(), next_cursor: None });
    Json(items.into_iter().map(|product| product.name.as_str().to_owned()).collect())
}
