//! `PUT /timetable`.

use axum::extract::State;
use estore_contract::{ErrorBody, demo::Timetable};
use estore_server::extract::Json;

use crate::{Error, domain::check_timetable, engine::Engine};

/// Sets the timetable, which begins at once. Replaces an earlier one.
#[utoipa::path(put, path = "/timetable", tag = "faults", request_body = Timetable, responses(
    (status = 200, description = "The timetable", body = Timetable),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn put_timetable(
    State(engine): State<Engine>,
    Json(table): Json<Timetable>,
) -> Result<Json<Timetable>, Error> {
    let table = check_timetable(table).map_err(Error::Invalid)?;
    engine.set_timetable(Some(table));
    Ok(Json(table))
}
