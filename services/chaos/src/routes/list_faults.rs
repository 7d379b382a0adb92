//! `GET /faults`.

use axum::extract::State;
use estore_contract::demo::FaultState;
use estore_server::extract::Json;

use crate::engine::Engine;

/// Returns the faults that are offered, those in progress, the timetable, and the last events.
#[utoipa::path(get, path = "/faults", tag = "faults", responses(
    (status = 200, description = "The state", body = FaultState),
))]
pub(super) async fn list_faults(State(engine): State<Engine>) -> Json<FaultState> {
    Json(engine.state())
}
