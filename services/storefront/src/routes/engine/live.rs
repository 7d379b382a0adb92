//! `GET /engine/live`: the parts of the engine room that change, for the script of that page.

use axum::{extract::State, response::Response};

use crate::{Error, app::App, pages::engine, web::Visitor};

pub(super) async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, Error> {
    engine::live(&app, &visitor).await
}
