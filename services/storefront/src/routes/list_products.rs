//! `GET /products`: all products, and searches.

use axum::{extract::RawQuery, response::Response};
use tokio::join;

use crate::{
    Error,
    pages::{
        Frame,
        listing::{self, Params},
    },
    web::Visitor,
};

pub(super) async fn show(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, Error> {
    let params = Params::read(query.as_deref());
    let (question, left_out) = params.question(visitor.locale);
    let inventory = visitor.inventory();
    let found = join!(inventory.products(&question), inventory.facets(&question));
    let mut page = Frame::new(&visitor, "");
    page.title = match &question.q {
        Some(words) => format!("{} “{words}”", page.t.catalogue.results_for),
        None => page.t.common.all_products.to_owned(),
    };
    listing::show(&visitor, page, params, Vec::new(), left_out, found)
}
