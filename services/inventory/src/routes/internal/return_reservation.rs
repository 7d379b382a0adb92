//! `POST /internal/reservations/{order_id}/return`.

use axum::extract::State;
use estore_contract::{
    ErrorBody, FieldError, OrderId,
    reservation::{Reservation, ReturnRequest},
};
use estore_server::{
    auth::{Peer, peers::Payment},
    extract::{Json, Path},
};

use crate::{Error, app::App, domain::Lines, store::reservations};

/// Restocks sold units, once for each `n`.
///
/// A repeat gets the same answer.
#[utoipa::path(post, path = "/internal/reservations/{order_id}/return", tag = "reservations", security(("peer" = ["payment"])), request_body = ReturnRequest,
    operation_id = "put_back", params(("order_id" = OrderId, Path, description = "The order")), responses(
    (status = 200, description = "Restocked, now or before", body = Reservation),
    (status = 404, description = "`reservation_unknown`", body = ErrorBody),
    (status = 410, description = "It was never sold (`reservation_closed`)", body = ErrorBody),
    (status = 422, description = "More than was sold", body = ErrorBody),
))]
pub(super) async fn return_reservation(
    State(app): State<App>,
    _peer: Peer<Payment>,
    Path(order): Path<OrderId>,
    Json(request): Json<ReturnRequest>,
) -> Result<Json<Reservation>, Error> {
    let invalid = || Error::Invalid(vec![FieldError::new("items", "must have 1 to 100 items")]);
    let lines = request.items.as_deref().map(|items| Lines::sum(items).ok_or_else(invalid)).transpose()?;
    let epoch = app.epoch.expected()?;
    let outcome = reservations::restock(&app.redis, epoch, order, request.n, lines.as_ref()).await;
    if let Ok(reservation) = &outcome {
        app.catalogue.touch(reservation.items.iter().map(|line| &line.sku));
    }
    app.metrics.asked("return", if outcome.is_ok() { "returned" } else { "refused" });
    outcome.map(Json)
}
