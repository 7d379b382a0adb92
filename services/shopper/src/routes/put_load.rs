//! `PUT /load`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    demo::{LoadRequest, LoadState},
};
use estore_server::extract::Json;

use crate::{error::Error, serve::App};

/// Turns the dial. The load begins when the shop is ready and the buyers are registered.
#[utoipa::path(put, path = "/load", tag = "load", request_body = LoadRequest, responses(
    (status = 200, description = "The load from now on", body = LoadState),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn put_load(
    State(app): State<App>,
    Json(request): Json<LoadRequest>,
) -> Result<Json<LoadState>, Error> {
    app.turn(&request).map_err(Error::Invalid)?;
    Ok(Json(app.state()))
}
