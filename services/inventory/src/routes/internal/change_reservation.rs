//! `POST /internal/reservations/{order_id}/confirm` and `…/release`.

use axum::extract::State;
use estore_contract::{ErrorBody, OrderId, reservation::Reservation};
use estore_kit::{
    auth::{Peer, peers::Payment},
    extract::{Json, Path},
};

use crate::{Error, app::App, store::reservations};

/// Sells what is held; the same answer to a repeat. The answer has no lines: whoever confirms knows them.
#[utoipa::path(post, path = "/internal/reservations/{order_id}/confirm", tag = "reservations", security(("peer" = ["payment"])),
    params(("order_id" = OrderId, Path, description = "The order")), responses(
    (status = 200, description = "Confirmed", body = Reservation),
    (status = 403, description = "Not allowed", body = ErrorBody),
    (status = 404, description = "`reservation_unknown`", body = ErrorBody),
    (status = 410, description = "The hold is over (`reservation_closed`)", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: try again", body = ErrorBody),
))]
pub(super) async fn confirm(
    State(app): State<App>,
    _peer: Peer<Payment>,
    Path(order): Path<OrderId>,
) -> Result<Json<Reservation>, Error> {
    let outcome = reservations::confirm(&app.redis, app.epoch.expected()?, order).await;
    app.metrics.asked("confirm", if outcome.is_ok() { "confirmed" } else { "refused" });
    outcome.map(Json)
}

/// Lets go of what is held, or keeps a late reserve out; the same answer to a repeat.
#[utoipa::path(post, path = "/internal/reservations/{order_id}/release", tag = "reservations", security(("peer" = ["payment"])),
    params(("order_id" = OrderId, Path, description = "The order")), responses(
    (status = 200, description = "Nothing is held", body = Reservation),
    (status = 403, description = "Not allowed", body = ErrorBody),
    (status = 409, description = "It is sold (`already_confirmed`)", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: try again", body = ErrorBody),
))]
pub(super) async fn release(
    State(app): State<App>,
    _peer: Peer<Payment>,
    Path(order): Path<OrderId>,
) -> Result<Json<Reservation>, Error> {
    let outcome = reservations::release(&app.redis, app.epoch.expected()?, order).await;
    if matches!(outcome, Err(Error::AlreadyConfirmed)) {
        tracing::error!(%order, "a confirmed reservation was to be released");
    }
    if let Ok(reservation) = &outcome {
        app.catalogue.touch(reservation.items.iter().map(|line| &line.sku));
    }
    app.metrics.asked("release", if outcome.is_ok() { "released" } else { "refused" });
    outcome.map(Json)
}
