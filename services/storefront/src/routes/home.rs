//! `GET /`: the categories, new products, and those that are almost sold out.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State, response::Response};
use estore_contract::inventory::{CategoryTree, Product};
use tokio::join;

use crate::{
    Error,
    api::{ProductQuery, Sort},
    app::App,
    pages::{self, Frame},
    web::Visitor,
};

const NEW: u32 = 8;
const SCARCE: u32 = 4;
/// The stock from which on a product is not almost sold out.
const FEW: i64 = 10;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    page: Frame,
    categories: Option<Arc<CategoryTree>>,
    new: Vec<Product>,
    scarce: Vec<Product>,
}

pub(super) async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, Error> {
    let mut page = Frame::titled(&visitor, |t| t.catalogue.welcome);
    let newest = ProductQuery {
        in_stock: true,
        sort: Some(Sort::Newest),
        limit: Some(NEW),
        ..ProductQuery::default()
    };
    let inventory = visitor.inventory();
    let (new, scarce, categories) =
        join!(inventory.products(&newest), inventory.scarcest(true, SCARCE), app.categories.tree(&visitor));
    let new = page.part(new)?.map(|products| products.items).unwrap_or_default();
    let mut scarce = pages::side(scarce)?.unwrap_or_default();
    scarce.retain(|product| product.available < FEW);
    let categories = pages::side(categories)?;
    pages::show(&visitor, &HomePage { page, categories, new, scarce })
}
