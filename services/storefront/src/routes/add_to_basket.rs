//! `POST /basket/add`: the button of a product.

use axum::{extract::State, response::Response};
use estore_contract::{Quantity, Sku, inventory::ProductStatus};
use serde::Deserialize;

use crate::{
    Error,
    app::App,
    pages,
    session::Flash,
    web::{Post, Visitor},
};

#[derive(Deserialize)]
pub(super) struct Fields {
    sku: Sku,
    quantity: String,
}

pub(super) async fn add(
    State(app): State<App>,
    visitor: Visitor,
    Post(fields): Post<Fields>,
) -> Result<Response, Error> {
    let quantity = fields.quantity.trim().parse().ok().and_then(Quantity::new).ok_or(Error::BadForm)?;
    let product = visitor.inventory().product(&fields.sku).await?;
    if product.status != ProductStatus::Active {
        return Err(Error::NotFound);
    }
    let mut basket = visitor.basket();
    basket.add(product.sku, quantity, product.price);
    let flash = match basket.keep(&visitor.jar, &app.config.keys) {
        Ok(()) => Flash::Added,
        Err(_full) => Flash::BasketFull,
    };
    flash.keep(&visitor.jar);
    Ok(pages::go_to("/basket"))
}
