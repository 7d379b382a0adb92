//! `POST /internal/reservation-records`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    archive::{ReservationRecords, ReservationsRequest},
};
use estore_kit::{
    auth::{Peer, peers::Bootstrap},
    extract::Json,
};

use crate::{Error, app::App, store::archive};

/// The reservations of these orders, with all that is kept of them.
#[utoipa::path(post, path = "/internal/reservation-records", tag = "reservations", security(("peer" = ["bootstrap"])), request_body = ReservationsRequest, responses(
    (status = 200, description = "Those that exist", body = ReservationRecords),
    (status = 403, description = "This peer is not served", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Try again", body = ErrorBody),
))]
pub(super) async fn read_records(
    State(app): State<App>,
    _peer: Peer<Bootstrap>,
    Json(request): Json<ReservationsRequest>,
) -> Result<Json<ReservationRecords>, Error> {
    app.epoch.guard().await?;
    archive::records(&app.redis, &request.orders).await.map(Json)
}
