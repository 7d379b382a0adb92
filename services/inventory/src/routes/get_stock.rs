//! `GET /products/{sku}/stock`.

use axum::extract::State;
use estore_contract::{ErrorBody, Sku, inventory::Stock};
use estore_server::{
    auth::Admin,
    extract::{Json, Path},
};

use crate::{Error, app::App, store::stock};

/// Returns the stock of a product, with its latest movements.
#[utoipa::path(get, path = "/products/{sku}/stock", tag = "stock", security(("bearer" = [])), params(("sku" = Sku, Path, description = "The product")), responses(
    (status = 200, description = "The stock", body = Stock),
    (status = 404, description = "No such thing", body = ErrorBody),
))]
pub(super) async fn get_stock(
    State(app): State<App>,
    _admin: Admin,
    Path(sku): Path<Sku>,
) -> Result<Json<Stock>, Error> {
    stock::read(&app.redis, &sku).await.map(Json)
}
