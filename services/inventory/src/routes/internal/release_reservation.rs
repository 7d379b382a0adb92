//! `POST /internal/reservations/{order_id}/release`.

use axum::extract::State;
use estore_contract::{ErrorBody, OrderId, reservation::Reservation};
use estore_server::{
    auth::{Peer, peers::Payment},
    extract::{Json, Path},
};

use crate::{Error, app::App, store::reservations};

/// Releases the held stock, and makes a later reserve of the order fail.
///
/// A repeat gets the same answer.
#[utoipa::path(post, path = "/internal/reservations/{order_id}/release", tag = "reservations", security(("peer" = ["payment"])),
    operation_id = "release", params(("order_id" = OrderId, Path, description = "The order")), responses(
    (status = 200, description = "Nothing is held", body = Reservation),
    (status = 409, description = "It is sold (`already_confirmed`)", body = ErrorBody),
))]
pub(super) async fn release_reservation(
    State(app): State<App>,
    _peer: Peer<Payment>,
    Path(order): Path<OrderId>,
) -> Result<Json<Reservation>, Error> {
    let outcome = reservations::release(&app.redis, app.epoch.expected()?, order).await;
    if matches!(outcome, Err(Error::AlreadyConfirmed)) {
        tracing::error!(%order, "release of a confirmed reservation requested; rejected");
    }
    if let Ok(reservation) = &outcome {
        app.catalogue.touch(reservation.items.iter().map(|line| &line.sku));
    }
    app.metrics.asked("release", if outcome.is_ok() { "released" } else { "refused" });
    outcome.map(Json)
}
