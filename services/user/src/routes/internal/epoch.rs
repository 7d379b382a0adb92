//! `GET /internal/epoch`.

use axum::extract::State;
use estore_contract::restore::Epoch;
use estore_server::{
    auth::{Peer, peers::StoreKeepers},
    extract::Json,
};

use crate::{Error, app::App, store::epochs};

/// Returns the epoch of the shop.
///
/// A Redis database with an older epoch was restored from a backup. Services do not write to it
/// before it is repaired.
#[utoipa::path(get, path = "/internal/epoch", tag = "internal", security(("peer" = ["inventory", "payment", "bootstrap"])), responses(
    (status = 200, description = "The epoch; 0 before the shop was prepared", body = Epoch),
))]
pub(crate) async fn epoch(State(app): State<App>, _peer: Peer<StoreKeepers>) -> Result<Json<Epoch>, Error> {
    Ok(Json(Epoch { epoch: epochs::latest(&app.database).await? }))
}
