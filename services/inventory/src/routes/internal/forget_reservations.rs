//! `POST /internal/forget-reservations`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    archive::{Forgotten, ReservationsRequest},
};
use estore_server::{
    auth::{Peer, peers::Bootstrap},
    extract::Json,
};

use crate::{Error, app::App, store::archive};

/// Removes the reservations of archived orders.
///
/// Active holds are kept, and so is the journal. A repeat is harmless.
#[utoipa::path(post, path = "/internal/forget-reservations", tag = "reservations", security(("peer" = ["bootstrap"])), request_body = ReservationsRequest, responses(
    (status = 200, description = "The reservations are removed", body = Forgotten),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn forget_reservations(
    State(app): State<App>,
    _peer: Peer<Bootstrap>,
    Json(request): Json<ReservationsRequest>,
) -> Result<Json<Forgotten>, Error> {
    app.epoch.guard().await?;
    Ok(Json(Forgotten { forgotten: archive::forget(&app.redis, &request.orders).await? }))
}
