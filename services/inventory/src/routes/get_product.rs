//! `GET /products/{sku}`.

use axum::{extract::State, response::Response};
use estore_contract::{ErrorBody, Sku, inventory::Product};
use estore_server::{
    Problem,
    extract::{IfNoneMatch, Path},
};

use crate::{app::App, browser::Browser, cached};

/// Returns one product.
///
/// Archived products are returned too, because orders refer to them.
#[utoipa::path(get, path = "/products/{sku}", tag = "catalogue", security(("bearer" = [])), params(("sku" = Sku, Path, description = "The product")), responses(
    (status = 200, description = "The product", body = Product, headers(("ETag" = String, description = "Send it as `If-Match` with a change"))),
    (status = 304, description = "The ETag matches `If-None-Match`"),
    (status = 404, description = "No such thing", body = ErrorBody),
))]
pub(super) async fn get_product(
    State(app): State<App>,
    _browser: Browser,
    known: IfNoneMatch,
    Path(sku): Path<Sku>,
) -> Result<Response, Problem> {
    if let Some(found) = app.catalogue.product(&sku) {
        let tag = cached::state_tag(&sku, found.edition, found.available);
        return cached::answer_ready(&known, || found.body, &tag);
    }
    let product = app.catalogue.fetch(&app.redis, &sku).await?;
    let tag = cached::product_tag(&product);
    cached::answer(&known, product, &tag)
}
