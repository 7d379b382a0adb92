//! One file for each endpoint.

mod begin_fault;
mod end_faults;
mod list_faults;
mod put_timetable;
mod remove_timetable;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::engine::Engine;

/// Returns the router of all endpoints. They have no rate limits: only the engine room and programs
/// of its operator reach them.
pub(crate) fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::default()
        .routes(routes!(list_faults::list_faults))
        .routes(routes!(begin_fault::begin_fault))
        .routes(routes!(end_faults::end_faults))
        .routes(routes!(put_timetable::put_timetable))
        .routes(routes!(remove_timetable::remove_timetable))
}
