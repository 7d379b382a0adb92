//! `PUT /products/{sku}`.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use estore_contract::{
    ErrorBody, Sku,
    inventory::{Product, ProductBody},
};
use estore_kit::{
    Problem,
    auth::Admin,
    extract::{IfMatch, Json, Path},
};

use super::{cached, product_check};
use crate::{
    app::App,
    store::catalog::{self, Write},
};

/// Replaces a product's whole description; an archived one is for sale again. The stock is not touched.
#[utoipa::path(put, path = "/products/{sku}", tag = "catalogue admin", security(("bearer" = [])), request_body = ProductBody,
    params(("sku" = Sku, Path, description = "The product"), ("If-Match" = String, Header, description = "The ETag that was seen, or `*`")), responses(
    (status = 200, description = "The product as it is now", body = Product),
    (status = 400, description = "Not JSON, or a header is missing", body = ErrorBody),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 403, description = "Not allowed", body = ErrorBody),
    (status = 404, description = "No such thing", body = ErrorBody),
    (status = 412, description = "Changed since (`precondition_failed`)", body = ErrorBody),
    (status = 413, description = "Too large", body = ErrorBody),
    (status = 415, description = "Not `application/json`", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
    (status = 428, description = "`If-Match` is missing", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: try again", body = ErrorBody),
))]
pub(super) async fn replace_product(
    State(app): State<App>,
    _admin: Admin,
    condition: IfMatch,
    Path(sku): Path<Sku>,
    Json(body): Json<ProductBody>,
) -> Result<Response, Problem> {
    let version = product_check::version(&app, &sku, condition).await?;
    product_check::check_price(&body.price)?;
    product_check::check(&app, &body).await?;
    app.catalogue.watch(&sku, catalog::write(&app.redis, &sku, body, Write::Replace(version)).await)?;
    answer(&app, &sku).await
}

/// The product as it is now, with its tag.
pub(super) async fn answer(app: &App, sku: &Sku) -> Result<Response, Problem> {
    let product = app.catalogue.written(&app.redis, sku).await?;
    let tag = HeaderValue::try_from(cached::product_tag(&product)).map_err(Problem::internal)?;
    Ok(([(header::ETAG, tag)], Json(product)).into_response())
}
