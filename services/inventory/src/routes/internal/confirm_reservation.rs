//! `POST /internal/reservations/{order_id}/confirm`.

use axum::extract::State;
use estore_contract::{ErrorBody, OrderId, reservation::Reservation};
use estore_server::{
    auth::{Peer, peers::Payment},
    extract::{Json, Path},
};

use crate::{Error, app::App, holds};

/// Sells the held stock.
///
/// A repeat gets the same answer. The answer has no lines, because the caller knows them.
#[utoipa::path(post, path = "/internal/reservations/{order_id}/confirm", tag = "reservations", security(("peer" = ["payment"])),
    operation_id = "confirm", params(("order_id" = OrderId, Path, description = "The order")), responses(
    (status = 200, description = "Confirmed", body = Reservation),
    (status = 404, description = "`reservation_unknown`", body = ErrorBody),
    (status = 410, description = "The hold is over (`reservation_closed`)", body = ErrorBody),
))]
pub(super) async fn confirm_reservation(
    State(app): State<App>,
    _peer: Peer<Payment>,
    Path(order): Path<OrderId>,
) -> Result<Json<Reservation>, Error> {
    holds::confirm(&app, order).await.map(Json)
}
