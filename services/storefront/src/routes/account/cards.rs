//! `GET /account/cards`: the saved cards, and the form for another.

use axum::response::Response;

use crate::{Error, pages, pages::cards::CardsPage, web::Shopper};

pub(super) async fn show(shopper: Shopper) -> Result<Response, Error> {
    pages::show(&shopper, &CardsPage::read(&shopper).await?)
}
