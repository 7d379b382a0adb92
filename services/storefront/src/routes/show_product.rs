//! `GET /products/{sku}`: one product.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use estore_contract::{
    Sku,
    inventory::{Category, Product, ProductStatus},
};
use tokio::join;

use crate::{
    Error,
    app::App,
    catalogue::path_to,
    pages::{self, Frame},
    web::Visitor,
};

#[derive(Template)]
#[template(path = "product.html")]
struct ProductPage<'a> {
    page: Frame,
    product: Product,
    crumbs: Vec<&'a Category>,
}

impl ProductPage<'_> {
    fn is_sold(&self) -> bool {
        self.product.status == ProductStatus::Active
    }

    /// Returns the most units that the form offers.
    fn most(&self) -> i64 {
        self.product.available.clamp(1, 999)
    }
}

pub(super) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(sku): Path<String>,
) -> Result<Response, Error> {
    let sku: Sku = sku.parse().map_err(|_| Error::NotFound)?;
    let inventory = visitor.inventory();
    let (product, tree) = join!(inventory.product(&sku), app.categories.tree(&visitor));
    let product = product?;
    let page = Frame::new(&visitor, product.name.as_str());
    let tree = pages::side(tree)?;
    let crumbs = tree.as_ref().map(|tree| path_to(&tree.items, &product.category)).unwrap_or_default();
    pages::show(&visitor, &ProductPage { page, product, crumbs })
}
