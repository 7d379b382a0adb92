//! `GET /products/{sku}/price-history`.

use axum::extract::State;
use estore_contract::{ErrorBody, Sku, inventory::PriceHistory};
use estore_server::{
    auth::Admin,
    extract::{Json, Path},
};

use crate::{Error, app::App, store::prices};

/// Returns the latest 100 prices of a product, newest first.
#[utoipa::path(get, path = "/products/{sku}/price-history", tag = "catalogue admin", security(("bearer" = [])), params(("sku" = Sku, Path, description = "The product")), responses(
    (status = 200, description = "The prices", body = PriceHistory),
    (status = 404, description = "No such thing", body = ErrorBody),
))]
pub(super) async fn get_price_history(
    State(app): State<App>,
    _admin: Admin,
    Path(sku): Path<Sku>,
) -> Result<Json<PriceHistory>, Error> {
    prices::read(&app.redis, &sku).await.map(Json)
}
