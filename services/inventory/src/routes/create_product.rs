//! `POST /products`.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use estore_contract::{
    ErrorBody,
    inventory::{NewProduct, Product, ProductBody},
};
use estore_server::{Problem, auth::Admin, extract::Json};

use crate::{
    app::App,
    cached, products,
    store::catalog::{self, Write},
};

/// Adds a product without stock.
///
/// A stock adjustment adds the stock.
#[utoipa::path(post, path = "/products", tag = "catalogue admin", security(("bearer" = [])), request_body = NewProduct, responses(
    (status = 201, description = "The product", body = Product, headers(("Location" = String, description = "The path of the product"), ("ETag" = String, description = "Its version"))),
    (status = 400, description = "Not JSON, or a header is missing", body = ErrorBody),
    (status = 409, description = "The SKU is taken (`sku_exists`)", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn create_product(
    State(app): State<App>,
    _admin: Admin,
    Json(new): Json<NewProduct>,
) -> Result<Response, Problem> {
    let NewProduct { sku, name, description, price, category, tags, images, attributes } = new;
    let body = ProductBody { name, description, price, category, tags, images, attributes };
    products::check_price(&body.price)?;
    app.epoch.guard().await?;
    products::check(&app, &body).await?;
    app.catalogue.watch(&sku, catalog::write(&app.redis, &sku, body, Write::Create).await)?;
    let product = app.catalogue.written(&app.redis, &sku).await?;
    let value = |text: String| HeaderValue::try_from(text).map_err(Problem::internal);
    let headers = [
        (header::LOCATION, value(format!("/products/{sku}"))?),
        (header::ETAG, value(cached::product_tag(&product))?),
    ];
    Ok((StatusCode::CREATED, headers, Json(product)).into_response())
}
