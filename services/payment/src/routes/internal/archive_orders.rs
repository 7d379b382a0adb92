//! `POST /internal/archive`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    archive::{ArchiveRequest, Archived},
};
use estore_server::{
    auth::{Peer, peers::Bootstrap},
    extract::Json,
};

use crate::{Error, app::App, store::archive};

/// Removes orders that were written to the archive, if they have not changed since. Their ids stay,
/// so that no key makes a second order, and so do their ledger entries. Safe to repeat.
#[utoipa::path(post, path = "/internal/archive", tag = "internal", security(("peer" = ["bootstrap"])), request_body = ArchiveRequest, responses(
    (status = 200, description = "The outcome of each order", body = Archived),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn archive_orders(
    State(app): State<App>,
    _peer: Peer<Bootstrap>,
    Json(request): Json<ArchiveRequest>,
) -> Result<Json<Archived>, Error> {
    app.epoch.guard().await?;
    let mut done = Archived::default();
    for order in request.orders {
        if !archive::archive(&app.redis, order).await? {
            done.kept.push(order.order_id);
        }
    }
    Ok(Json(done))
}
