//! `POST /internal/archivable`.

use std::time::Duration;

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    archive::{ArchivablePart, ArchivableRequest},
};
use estore_kit::{
    auth::{Peer, peers::Bootstrap},
    extract::Json,
};

use crate::{Error, app::App, store::archive};

/// How many orders a part looks at: the store does nothing else meanwhile.
const PART: usize = 100;

/// Orders that ended, with all that is kept of them, where neither they nor their refunds were touched for so long.
#[utoipa::path(post, path = "/internal/archivable", tag = "internal", security(("peer" = ["bootstrap"])), request_body = ArchivableRequest, responses(
    (status = 200, description = "A part of them, oldest first", body = ArchivablePart),
    (status = 403, description = "This peer is not served", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Try again", body = ErrorBody),
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
