//! `POST /orders/{id}/cancel`: the button of an order in progress.

use axum::{extract::Path, response::Response};
use estore_contract::{OrderRef, payment::OrderStatus};

use crate::{
    Error, pages,
    session::Flash,
    web::{NoFields, Post, Shopper},
};

pub(super) async fn cancel(
    shopper: Shopper,
    Path(of): Path<String>,
    Post(NoFields {}): Post<NoFields>,
) -> Result<Response, Error> {
    let order: OrderRef = of.parse().map_err(|_| Error::NotFound)?;
    let flash = match shopper.payment().cancel_order(order).await {
        Ok(order) if order.status == OrderStatus::Cancelled => Flash::OrderCancelled,
        Ok(_) => Flash::OrderCancelling,
        // The shop was faster.
        Err(error) if error.is(409) => Flash::OrderNotCancelled,
        Err(error) => return Err(error.into()),
    };
    flash.keep(&shopper.jar);
    Ok(pages::go_to(&format!("/orders/{of}")))
}
