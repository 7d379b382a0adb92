//! `POST /internal/archivable`.

use std::time::Duration;

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    archive::{ArchivablePart, ArchivableRequest},
};
use estore_server::{
    auth::{Peer, peers::Bootstrap},
    extract::Json,
};

use crate::{Error, app::App, store::archive};

/// The number of orders in one part. The store serves nothing else meanwhile.
const PART: usize = 100;

/// Lists ended orders with all their data, if neither they nor their refunds changed for the given
/// time.
#[utoipa::path(post, path = "/internal/archivable", tag = "internal", security(("peer" = ["bootstrap"])), request_body = ArchivableRequest, responses(
    (status = 200, description = "A part of the orders, oldest first", body = ArchivablePart),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn list_archivable(
    State(app): State<App>,
    _peer: Peer<Bootstrap>,
    Json(request): Json<ArchivableRequest>,
) -> Result<Json<ArchivablePart>, Error> {
    app.epoch.guard().await?;
    let idle = Duration::from_secs(request.idle_seconds);
    archive::archivable(&app.redis, idle, request.after, PART).await.map(Json)
}
