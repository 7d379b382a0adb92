//! `GET /products/{sku}/stock`: the stock of a product now, for the script of its page.

use axum::{Json, extract::Path, http::header, response::IntoResponse};
use estore_contract::Sku;
use serde::Serialize;

use crate::{Error, texts, web::Visitor};

#[derive(Serialize)]
struct Stock {
    available: i64,
    text: String,
}

pub(super) async fn show(visitor: Visitor, Path(sku): Path<String>) -> Result<impl IntoResponse, Error> {
    let sku: Sku = sku.parse().map_err(|_| Error::NotFound)?;
    let available = visitor.inventory().product(&sku).await?.available;
    let text = texts::stock(available, visitor.locale);
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(Stock { available, text })))
}
