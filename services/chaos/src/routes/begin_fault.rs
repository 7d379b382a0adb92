//! `POST /faults`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{
    ErrorBody,
    demo::{FaultEvent, FaultRequest, Requester},
};
use estore_server::extract::Json;

use crate::{Error, domain::Fault, engine::Engine};

/// Begins a fault. `GET /faults` shows its outcome.
#[utoipa::path(post, path = "/faults", tag = "faults", request_body = FaultRequest, responses(
    (status = 202, description = "The fault is in progress", body = FaultEvent),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 409, description = "This fault is active already (`fault_active`)", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid, or the fault is not offered here", body = ErrorBody),
))]
pub(super) async fn begin_fault(
    State(engine): State<Engine>,
    Json(request): Json<FaultRequest>,
) -> Result<(StatusCode, Json<FaultEvent>), Error> {
    let FaultRequest { kind, target, seconds, by } = request;
    let fault = Fault::new(kind, target, seconds).map_err(Error::Invalid)?;
    let event = engine.begin(fault, by.unwrap_or(Requester::Api).into())?;
    Ok((StatusCode::ACCEPTED, Json(event)))
}
