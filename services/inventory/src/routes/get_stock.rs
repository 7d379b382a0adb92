//! `GET /products/{sku}/stock`.

use axum::extract::State;
use estore_contract::{ErrorBody, Sku, inventory::Stock};
use estore_kit::{
    auth::Admin,
    extract::{Json, Path},
};

use crate::{Error, app::App, store::stock};

/// The stock of a product, with its latest movements.
#[utoipa::path(get, path = "/products/{sku}/stock", tag = "stock", security(("bearer" = [])), params(("sku" = Sku, Path, description = "The product")), responses(
    (status = 200, description = "The stock", body = Stock),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 403, description = "Not allowed", body = ErrorBody),
    (status = 404, description = "No such thing", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: try again", body = ErrorBody),
))]
pub(super) async fn get_stock(
    State(app): State<App>,
    _admin: Admin,
    Path(sku): Path<Sku>,
) -> Result<Json<Stock>, Error> {
    stock::read(&app.redis, &sku).await.map(Json)
}
