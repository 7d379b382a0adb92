//! The engine room of a demonstration. Without one, its pages do not exist.

mod cause_fault;
mod end_faults;
mod end_timetable;
mod live;
mod set_load;
mod set_timetable;
mod show;

use axum::{
    Router,
    routing::{get, post},
};

use crate::app::App;

/// Returns the routes of the engine room, if the shop has one.
#[expect(clippy::disallowed_methods, reason = "pages are for people, and no document describes them")]
pub(super) fn router(app: &App) -> Router<App> {
    if app.engine.is_none() {
        return Router::new();
    }
    Router::new()
        .route("/engine", get(show::show))
        .route("/engine/live", get(live::show))
        .route("/engine/faults", post(cause_fault::cause))
        .route("/engine/faults/end", post(end_faults::end))
        .route("/engine/timetable", post(set_timetable::set))
        .route("/engine/timetable/end", post(end_timetable::end))
        .route("/engine/load", post(set_load::set))
}
