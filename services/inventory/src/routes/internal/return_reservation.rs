//! `POST /internal/reservations/{order_id}/return`.

use axum::extract::State;
use estore_contract::{
    ErrorBody, FieldError, OrderId,
    reservation::{Reservation, ReturnRequest},
};
use estore_kit::{
    auth::{Peer, peers::Payment},
    extract::{Json, Path},
};

use crate::{Error, app::App, domain::Lines, store::reservations};

/// Puts sold stock back, once for each `n`; the same answer to a repeat.
#[utoipa::path(post, path = "/internal/reservations/{order_id}/return", tag = "reservations", security(("peer" = ["payment"])), request_body = ReturnRequest,
    params(("order_id" = OrderId, Path, description = "The order")), responses(
    (status = 200, description = "Put back, now or before", body = Reservation),
    (status = 403, description = "Not allowed", body = ErrorBody),
    (status = 404, description = "`reservation_unknown`", body = ErrorBody),
    (status = 410, description = "It was never sold (`reservation_closed`)", body = ErrorBody),
    (status = 422, description = "More than was sold", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: try again", body = ErrorBody),
))]
pub(super) async fn put_back(
    State(app): State<App>,
    _peer: Peer<Payment>,
    Path(order): Path<OrderId>,
    Json(request): Json<ReturnRequest>,
) -> Result<Json<Reservation>, Error> {
    let invalid = || Error::Invalid(vec![FieldError::new("items", "must have 1 to 100 items")]);
    let lines = request.items.as_deref().map(|items| Lines::sum(items).ok_or_else(invalid)).transpose()?;
    let epoch = app.epoch.expected()?;
    let outcome = reservations::put_back(&app.redis, epoch, order, request.n, lines.as_ref()).await;
    if let Ok(reservation) = &outcome {
        app.catalogue.touch(reservation.items.iter().map(|line| &line.sku));
    }
    app.metrics.asked("return", if outcome.is_ok() { "returned" } else { "refused" });
    outcome.map(Json)
}
