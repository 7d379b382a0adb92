//! `DELETE /faults`.

use axum::{extract::State, http::StatusCode};

use crate::{Error, engine::Engine};

/// Ends every fault now, and removes the timetable. Returns once all have ended.
#[utoipa::path(delete, path = "/faults", tag = "faults", responses(
    (status = 204, description = "No fault is in progress"),
))]
pub(super) async fn end_faults(State(engine): State<Engine>) -> Result<StatusCode, Error> {
    engine.end_all().await?;
    Ok(StatusCode::NO_CONTENT)
}
