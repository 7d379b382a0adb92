//! `POST /internal/reservations`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{
    ErrorBody, FieldError,
    reservation::{Reservation, ReserveRequest},
};
use estore_kit::{
    auth::{Peer, peers::Payment},
    extract::Json,
};

use crate::{Error, app::App, domain::Lines, store::reservations};

/// Sets stock aside for an order; the same answer to a repeat.
#[utoipa::path(post, path = "/internal/reservations", tag = "reservations", security(("peer" = ["payment"])), request_body = ReserveRequest, responses(
    (status = 201, description = "Held, or confirmed already", body = Reservation),
    (status = 403, description = "Not allowed", body = ErrorBody),
    (status = 404, description = "Not for sale (`unknown_sku`)", body = ErrorBody),
    (status = 409, description = "Each short SKU with what is left (`insufficient_stock`)", body = ErrorBody),
    (status = 410, description = "Too late (`reservation_closed`)", body = ErrorBody),
    (status = 422, description = "Not valid, or another request of this order (`idempotency_key_reused`)", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: try again", body = ErrorBody),
))]
pub(super) async fn reserve(
    State(app): State<App>,
    _peer: Peer<Payment>,
    Json(request): Json<ReserveRequest>,
) -> Result<(StatusCode, Json<Reservation>), Error> {
    let lines = Lines::sum(&request.items)
        .ok_or_else(|| Error::Invalid(vec![FieldError::new("items", "must have 1 to 100 items")]))?;
    let epoch = app.epoch.expected()?;
    let outcome = reservations::reserve(&app.redis, epoch, request.order_id, &lines, app.hold).await;
    let label = match &outcome {
        Ok(_) => "held",
        Err(Error::InsufficientStock(..)) => "insufficient_stock",
        Err(_) => "refused",
    };
    app.catalogue.touch(lines.iter().map(|(sku, _)| sku));
    app.metrics.asked("reserve", label);
    outcome.map(|reservation| (StatusCode::CREATED, Json(reservation)))
}
