//! `POST /engine/timetable/end`: ends the timetable.

use axum::{extract::State, response::Response};

use crate::{
    Error,
    app::App,
    pages::engine::{self, Filled},
    session::Flash,
    texts::Texts,
    web::{NoFields, Post, Visitor},
};

pub(super) async fn end(
    State(app): State<App>,
    visitor: Visitor,
    Post(NoFields {}): Post<NoFields>,
) -> Result<Response, Error> {
    match engine::engine(&app)?.chaos.end_timetable().await {
        Ok(()) => engine::done(&app, &visitor, Flash::TimetableEnded, "faults").await,
        Err(error) => {
            let name = Texts::of(visitor.locale).engine.faults.name;
            engine::refused(&app, &visitor, (name, &error), Filled::default()).await
        }
    }
}
