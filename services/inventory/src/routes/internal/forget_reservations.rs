//! `POST /internal/forget-reservations`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    archive::{Forgotten, ReservationsRequest},
};
use estore_kit::{
    auth::{Peer, peers::Bootstrap},
    extract::Json,
};

use crate::{Error, app::App, store::archive};

/// Removes the reservations of orders that were archived; what is held stays, and so does the journal. Harmless to repeat.
#[utoipa::path(post, path = "/internal/forget-reservations", tag = "reservations", security(("peer" = ["bootstrap"])), request_body = ReservationsRequest, responses(
    (status = 200, description = "They are gone", body = Forgotten),
    (status = 403, description = "This peer is not served", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Try again", body = ErrorBody),
))]
pub(super) async fn forget_reservations(
    State(app): State<App>,
    _peer: Peer<Bootstrap>,
    Json(request): Json<ReservationsRequest>,
) -> Result<Json<Forgotten>, Error> {
    app.epoch.guard().await?;
    Ok(Json(Forgotten { forgotten: archive::forget(&app.redis, &request.orders).await? }))
}
