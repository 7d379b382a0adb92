//! `GET /orders/{id}/live`: the part of an order's page that changes, for the script of that page.

use axum::{extract::Path, response::Response};
use estore_contract::OrderRef;

use crate::{
    Error,
    pages::{self, order::Live},
    web::Shopper,
};

pub(super) async fn show(shopper: Shopper, Path(of): Path<String>) -> Result<Response, Error> {
    let of: OrderRef = of.parse().map_err(|_| Error::NotFound)?;
    pages::show(&shopper, &Live::read(&shopper, of).await?)
}
