//! `POST /internal/reservation-records`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    archive::{ReservationRecords, ReservationsRequest},
};
use estore_server::{
    auth::{Peer, peers::Bootstrap},
    extract::Json,
};

use crate::{Error, app::App, store::archive};

/// Returns the reservations of these orders, with all stored data.
#[utoipa::path(post, path = "/internal/reservation-records", tag = "reservations", security(("peer" = ["bootstrap"])), request_body = ReservationsRequest, responses(
    (status = 200, description = "The records that exist", body = ReservationRecords),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn read_records(
    State(app): State<App>,
    _peer: Peer<Bootstrap>,
    Json(request): Json<ReservationsRequest>,
) -> Result<Json<ReservationRecords>, Error> {
    app.epoch.guard().await?;
    archive::records(&app.redis, &request.orders).await.map(Json)
}
