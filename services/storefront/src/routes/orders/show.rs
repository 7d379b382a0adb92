//! `GET /orders/{id}`: one order, by its number or its id. The page follows the order by itself.
//! The checkout leads here, and the page takes the order out of the basket.

use askama::Template;
use axum::{extract::Path, response::Response};
use estore_contract::{OrderNumber, OrderRef};
use time::OffsetDateTime;

use crate::{
    Error,
    checkout::{Attempt, settle},
    pages::{self, Frame, order::Live},
    web::Shopper,
};

#[derive(Template)]
#[template(path = "orders/order.html")]
struct OrderPage {
    page: Frame,
    number: OrderNumber,
    created_at: OffsetDateTime,
    is_in_progress: bool,
    /// The part that changes, which its template has escaped.
    live: String,
}

pub(super) async fn show(shopper: Shopper, Path(of): Path<String>) -> Result<Response, Error> {
    let of: OrderRef = of.parse().map_err(|_| Error::NotFound)?;
    let mut part = Live::read(&shopper, of).await?;
    if let Some(attempt) = Attempt::open(&shopper.jar)
        && attempt.key.order_of(shopper.user_id()?) == part.order.id
        && let Some(left) = settle(&shopper, attempt, &part.order)
    {
        part.page.show_basket(&left);
    }
    let (live, is_in_progress) = (part.render()?, part.is_in_progress());
    let Live { page, order, .. } = part;
    let shown = OrderPage { page, number: order.number, created_at: order.created_at, is_in_progress, live };
    pages::show(&shopper, &shown)
}
