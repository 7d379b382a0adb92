//! `POST /internal/reservations/batch`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    reservation::{BatchOutcomes, ReservationBatch, ReservationChange, ReservationOutcome},
};
use estore_server::{
    auth::{Peer, peers::Payment},
    entry_body,
    extract::Json,
};
use futures::future::join_all;

use crate::{app::App, holds};

/// Changes many reservations at once, with the same rules as the single routes.
///
/// Each change has its own outcome, and a refused one affects no other. A repeat gets the same
/// answer. The limit on the size of a body fits 2,000 lines.
#[utoipa::path(post, path = "/internal/reservations/batch", tag = "reservations", security(("peer" = ["payment"])), request_body = ReservationBatch, responses(
    (status = 200, description = "The outcome of each change", body = BatchOutcomes),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn change_batch(
    State(app): State<App>,
    _peer: Peer<Payment>,
    Json(batch): Json<ReservationBatch>,
) -> Json<BatchOutcomes> {
    // The commands share a connection, which sends them to Redis together.
    let outcomes = join_all(batch.changes.iter().map(|change| outcome(&app, change))).await;
    Json(BatchOutcomes { outcomes })
}

async fn outcome(app: &App, change: &ReservationChange) -> ReservationOutcome {
    let outcome = match change {
        ReservationChange::Reserve(request) => holds::reserve(app, request).await,
        ReservationChange::Confirm(order) => holds::confirm(app, *order).await,
    };
    match outcome {
        Ok(reservation) => ReservationOutcome::Done(reservation),
        Err(error) => ReservationOutcome::Refused(entry_body(&error.into())),
    }
}
