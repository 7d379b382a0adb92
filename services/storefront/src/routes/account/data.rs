//! `GET /account/data`: what the shop holds, and how to have it erased.

use askama::Template;
use axum::response::Response;

use crate::{
    Error,
    pages::{self, Frame},
    web::Shopper,
};

#[derive(Template)]
#[template(path = "account/data.html")]
struct DataPage {
    page: Frame,
}

pub(super) async fn show(shopper: Shopper) -> Result<Response, Error> {
    let page = Frame::titled(&shopper, |t| t.account.data);
    pages::show(&shopper, &DataPage { page })
}
