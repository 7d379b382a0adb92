//! `DELETE /products/{sku}`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{ErrorBody, Sku};
use estore_server::{
    auth::Admin,
    extract::{IfMatch, Path},
};

use crate::{
    Error,
    app::App,
    products,
    store::catalog::{self, Archived},
};

/// Takes a product off sale.
///
/// The product is kept, because orders refer to it.
#[utoipa::path(delete, path = "/products/{sku}", tag = "catalogue admin", security(("bearer" = [])),
    params(("sku" = Sku, Path, description = "The product"), ("If-Match" = String, Header, description = "The ETag that was seen, or `*`")), responses(
    (status = 204, description = "Archived, now or before"),
    (status = 404, description = "No such thing", body = ErrorBody),
    (status = 412, description = "Changed since (`precondition_failed`)", body = ErrorBody),
    (status = 422, description = "`If-Match` is not a list of entity tags", body = ErrorBody),
    (status = 428, description = "`If-Match` is missing", body = ErrorBody),
))]
pub(super) async fn archive_product(
    State(app): State<App>,
    _admin: Admin,
    condition: IfMatch,
    Path(sku): Path<Sku>,
) -> Result<StatusCode, Error> {
    app.epoch.guard().await?;
    let version = products::version_to_archive(&app, &sku, condition).await?;
    let outcome = catalog::archive(&app.redis, &sku, Archived::ByAdmin(version)).await;
    app.catalogue.watch(&sku, outcome)?;
    app.catalogue.written_many(&app.redis, &[sku]).await;
    Ok(StatusCode::NO_CONTENT)
}
