//! `GET /internal/reservations/{order_id}`.

use axum::extract::State;
use estore_contract::{ErrorBody, OrderId, reservation::Reservation};
use estore_server::{
    auth::{Peer, peers::Payment},
    extract::{Json, Path},
};

use crate::{Error, app::App, store::reservations};

/// Returns the state of a reservation.
#[utoipa::path(get, path = "/internal/reservations/{order_id}", tag = "reservations", security(("peer" = ["payment"])),
    params(("order_id" = OrderId, Path, description = "The order")), responses(
    (status = 200, description = "The reservation", body = Reservation),
    (status = 404, description = "`reservation_unknown`", body = ErrorBody),
))]
pub(super) async fn get_reservation(
    State(app): State<App>,
    _peer: Peer<Payment>,
    Path(order): Path<OrderId>,
) -> Result<Json<Reservation>, Error> {
    app.epoch.guard().await?;
    reservations::read(&app.redis, order).await.map(Json)
}
