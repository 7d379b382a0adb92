//! `PATCH /products/{sku}`.

use axum::{extract::State, response::Response};
use estore_contract::{
    ErrorBody, Sku,
    inventory::{Product, ProductBody, ProductPatch},
};
use estore_kit::{
    Problem,
    auth::Admin,
    extract::{IfMatch, Json, Path},
};

use super::{product_check, replace_product};
use crate::{
    Error,
    app::App,
    store::catalog::{self, Write},
};

/// Changes parts of a product's description: what is left out stays.
#[utoipa::path(patch, path = "/products/{sku}", tag = "catalogue admin", security(("bearer" = [])), request_body = ProductPatch,
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
pub(super) async fn patch_product(
    State(app): State<App>,
    _admin: Admin,
    condition: IfMatch,
    Path(sku): Path<Sku>,
    Json(patch): Json<ProductPatch>,
) -> Result<Response, Problem> {
    let wanted = product_check::version(condition)?;
    let now = catalog::read(&app.redis, &sku).await?;
    if wanted.is_some_and(|wanted| wanted != now.version) {
        return Err(Error::Changed.into());
    }
    let version = now.version;
    let body = merge(now, patch);
    product_check::check(&app, &body).await?;
    // The version that was merged into: a change that came between is not overwritten.
    catalog::write(&app.redis, &sku, body, Write::Replace(Some(version))).await?;
    replace_product::answer(&app, &sku).await
}

fn merge(now: Product, patch: ProductPatch) -> ProductBody {
    ProductBody {
        name: patch.name.unwrap_or(now.name),
        description: patch.description.unwrap_or(now.description),
        price: patch.price.unwrap_or(now.price),
        category: patch.category.unwrap_or(now.category),
        tags: patch.tags.unwrap_or(now.tags),
        images: patch.images.unwrap_or(now.images),
        attributes: patch.attributes.unwrap_or(now.attributes),
    }
}
