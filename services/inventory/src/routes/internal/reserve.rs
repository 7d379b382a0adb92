//! `POST /internal/reservations`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{
    ErrorBody,
    reservation::{Reservation, ReserveRequest},
};
use estore_server::{
    auth::{Peer, peers::Payment},
    extract::Json,
};

use crate::{Error, app::App, holds};

/// Holds stock for an order.
///
/// A repeat gets the same answer.
#[utoipa::path(post, path = "/internal/reservations", tag = "reservations", security(("peer" = ["payment"])), request_body = ReserveRequest, responses(
    (status = 201, description = "Held, or confirmed already", body = Reservation),
    (status = 404, description = "Not for sale (`unknown_sku`)", body = ErrorBody),
    (status = 409, description = "Each short SKU with its available units (`insufficient_stock`)", body = ErrorBody),
    (status = 410, description = "Too late (`reservation_closed`)", body = ErrorBody),
    (status = 422, description = "Not valid, or another request of this order (`idempotency_key_reused`)", body = ErrorBody),
))]
pub(super) async fn reserve(
    State(app): State<App>,
    _peer: Peer<Payment>,
    Json(request): Json<ReserveRequest>,
) -> Result<(StatusCode, Json<Reservation>), Error> {
    holds::reserve(&app, &request).await.map(|reservation| (StatusCode::CREATED, Json(reservation)))
}
