//! `POST /orders/{id}/again`: puts what an order had into the basket, at the prices of now.

use axum::{
    extract::{Path, State},
    response::Response,
};
use estore_contract::{OrderRef, Quantity};

use crate::{
    Error,
    app::App,
    pages,
    session::Flash,
    web::{NoFields, Post, Shopper},
};

pub(super) async fn again(
    State(app): State<App>,
    shopper: Shopper,
    Path(of): Path<String>,
    Post(NoFields {}): Post<NoFields>,
) -> Result<Response, Error> {
    let of: OrderRef = of.parse().map_err(|_| Error::NotFound)?;
    let order = shopper.payment().own_order(of).await?.order;
    let skus: Vec<_> = order.items.iter().map(|line| line.sku.clone()).collect();
    let products = shopper.inventory().by_skus(&skus).await?;
    let (mut basket, mut flash) = (shopper.basket(), Flash::Added);
    if products.is_empty() {
        Flash::AddedNothing.keep(&shopper.jar);
        return Ok(pages::go_to("/basket"));
    }
    let was_empty = basket.lines.is_empty();
    for line in &order.items {
        let product = products.iter().find(|product| product.sku == line.sku);
        match product.zip(Quantity::new(line.quantity)) {
            Some((product, quantity)) => basket.add(line.sku.clone(), quantity, product.price),
            None => flash = Flash::AddedPart,
        }
    }
    if basket.keep(&shopper.jar, &app.config.keys).is_err() {
        flash = if was_empty { Flash::OrderTooLong } else { Flash::BasketFull };
    }
    flash.keep(&shopper.jar);
    Ok(pages::go_to("/basket"))
}
