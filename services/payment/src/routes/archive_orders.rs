//! `POST /internal/archive`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    archive::{ArchiveRequest, Archived},
};
use estore_kit::{
    auth::{Peer, peers::Bootstrap},
    extract::Json,
};

use crate::{Error, app::App, store::archive};

/// Takes orders out that were written down, where they still stand so. Their ids stay, so that no key makes a second order, and
/// their entries in the ledger. Harmless to repeat.
#[utoipa::path(post, path = "/internal/archive", tag = "internal", security(("peer" = ["bootstrap"])), request_body = ArchiveRequest, responses(
    (status = 200, description = "What became of them", body = Archived),
    (status = 403, description = "This peer is not served", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Try again", body = ErrorBody),
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
