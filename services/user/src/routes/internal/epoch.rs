//! `GET /internal/epoch`.

use axum::extract::State;
use estore_contract::{ErrorBody, restore::Epoch};
use estore_kit::{
    auth::{Peer, peers::StoreKeepers},
    extract::Json,
};

use crate::{Error, app::App, store::epochs};

/// The epoch of the shop: a Redis database with an older one is restored, and is not written to before that is mended.
#[utoipa::path(get, path = "/internal/epoch", tag = "internal", security(("peer" = ["inventory", "payment", "bootstrap"])), responses(
    (status = 200, description = "The epoch; 0 before the shop was prepared", body = Epoch),
    (status = 403, description = "This peer is not served", body = ErrorBody),
    (status = 503, description = "Try again", body = ErrorBody),
))]
pub(crate) async fn epoch(State(app): State<App>, _peer: Peer<StoreKeepers>) -> Result<Json<Epoch>, Error> {
    Ok(Json(Epoch { epoch: epochs::latest(&app.database).await? }))
}
