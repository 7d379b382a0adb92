//! `PATCH /products/{sku}`.

use axum::{extract::State, response::Response};
use estore_contract::{
    ErrorBody, Sku,
    inventory::{Product, ProductPatch},
};
use estore_server::{
    Problem,
    auth::Admin,
    extract::{IfMatch, Json, Path},
};

use crate::{
    Error,
    app::App,
    domain::{merge, named},
    products,
    store::catalog::{self, Write},
};

/// Changes parts of a product.
///
/// Omitted fields stay as they are. `{"status": "active"}` puts an archived product back on sale,
/// if its category exists; no other change does.
#[utoipa::path(patch, path = "/products/{sku}", tag = "catalogue admin", security(("bearer" = [])), request_body(content((ProductPatch = "application/json"), (ProductPatch = "application/merge-patch+json"))),
    params(("sku" = Sku, Path, description = "The product"), ("If-Match" = String, Header, description = "The ETag that was seen, or `*`")), responses(
    (status = 200, description = "The product as it is now", body = Product),
    (status = 400, description = "Not JSON, or a header is missing", body = ErrorBody),
    (status = 404, description = "No such thing", body = ErrorBody),
    (status = 412, description = "Changed since (`precondition_failed`)", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
    (status = 428, description = "`If-Match` is missing", body = ErrorBody),
))]
pub(super) async fn patch_product(
    State(app): State<App>,
    _admin: Admin,
    condition: IfMatch,
    Path(sku): Path<Sku>,
    Json(patch): Json<ProductPatch>,
) -> Result<Response, Problem> {
    if condition == IfMatch::Absent {
        return Err(Error::NoIfMatch.into());
    }
    app.epoch.guard().await?;
    let now = catalog::read(&app.redis, &sku).await?;
    if !products::matches(&condition, &now) {
        return Err(Error::Changed.into());
    }
    let mode =
        Write::Patch { version: now.version, status: patch.status, category: patch.category.is_some() };
    let (named, new_currency) = (named(&patch), patch.price.is_some_and(|price| price.currency.is_some()));
    let body = merge(now, patch);
    if new_currency {
        products::check_price(&body.price)?;
    }
    products::check_named(&app, &body, &named).await?;
    // The write requires the version that was merged into, so it does not overwrite a change made
    // in between.
    app.catalogue.watch(&sku, catalog::write(&app.redis, &sku, body, mode).await)?;
    products::answer(&app, &sku).await
}
