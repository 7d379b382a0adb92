//! `PUT /products/{sku}`.

use axum::{extract::State, response::Response};
use estore_contract::{
    ErrorBody, Sku,
    inventory::{Product, ProductBody},
};
use estore_server::{
    Problem,
    auth::Admin,
    extract::{IfMatch, Json, Path},
};

use crate::{
    app::App,
    products,
    store::catalog::{self, Write},
};

/// Replaces the whole description of a product.
///
/// An archived product is put back on sale. The stock does not change.
#[utoipa::path(put, path = "/products/{sku}", tag = "catalogue admin", security(("bearer" = [])), request_body = ProductBody,
    params(("sku" = Sku, Path, description = "The product"), ("If-Match" = String, Header, description = "The ETag that was seen, or `*`")), responses(
    (status = 200, description = "The product as it is now", body = Product),
    (status = 400, description = "Not JSON, or a header is missing", body = ErrorBody),
    (status = 404, description = "No such thing", body = ErrorBody),
    (status = 412, description = "Changed since (`precondition_failed`)", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
    (status = 428, description = "`If-Match` is missing", body = ErrorBody),
))]
pub(super) async fn replace_product(
    State(app): State<App>,
    _admin: Admin,
    condition: IfMatch,
    Path(sku): Path<Sku>,
    Json(body): Json<ProductBody>,
) -> Result<Response, Problem> {
    app.epoch.guard().await?;
    let version = products::version(&app, &sku, condition).await?;
    products::check_price(&body.price)?;
    products::check(&app, &body).await?;
    app.catalogue.watch(&sku, catalog::write(&app.redis, &sku, body, Write::Replace(version)).await)?;
    products::answer(&app, &sku).await
}
