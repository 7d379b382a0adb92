//! `GET /engine`: the engine room.

use axum::{extract::State, response::Response};

use crate::{Error, app::App, pages::engine, web::Visitor};

pub(super) async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, Error> {
    engine::room(&app, &visitor).await
}
