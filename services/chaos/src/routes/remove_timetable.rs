//! `DELETE /timetable`.

use axum::{extract::State, http::StatusCode};

use crate::engine::Engine;

/// Removes the timetable. A fault that it caused ends at its time.
#[utoipa::path(delete, path = "/timetable", tag = "faults", responses(
    (status = 204, description = "There is no timetable"),
))]
pub(super) async fn remove_timetable(State(engine): State<Engine>) -> StatusCode {
    engine.set_timetable(None);
    StatusCode::NO_CONTENT
}
