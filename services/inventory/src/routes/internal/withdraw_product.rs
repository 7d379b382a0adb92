//! `DELETE /internal/catalog/products/{sku}`.

use axum::{extract::State, http::StatusCode};
use estore_contract::Sku;
use estore_server::{
    auth::{Peer, peers::Bootstrap},
    extract::Path,
};

use crate::{
    Error,
    app::App,
    store::catalog::{self, Archived},
};

/// Takes a product off sale.
///
/// The product is kept, because orders refer to it. A repeat gets the same answer, and so does a
/// SKU that never existed.
#[utoipa::path(delete, path = "/internal/catalog/products/{sku}", tag = "catalogue", security(("peer" = ["bootstrap"])),
    operation_id = "product", params(("sku" = Sku, Path, description = "The product")), responses(
    (status = 204, description = "Archived, now or before, or never there"),
))]
pub(super) async fn withdraw_product(
    State(app): State<App>,
    _peer: Peer<Bootstrap>,
    Path(sku): Path<Sku>,
) -> Result<StatusCode, Error> {
    app.epoch.guard().await?;
    let outcome = catalog::archive(&app.redis, &sku, Archived::Withdrawn).await;
    let outcome = app.catalogue.watch(&sku, outcome);
    if outcome.is_ok() {
        app.catalogue.written_many(&app.redis, &[sku]).await;
    }
    match outcome {
        Ok(()) | Err(Error::NotFound) => Ok(StatusCode::NO_CONTENT),
        Err(error) => Err(error),
    }
}
