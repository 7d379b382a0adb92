//! `GET /load`.

use axum::extract::State;
use estore_contract::demo::LoadState;
use estore_server::extract::Json;

use crate::serve::App;

/// Returns the dial, the counts, and the comparison of orders with the answers to customers.
#[utoipa::path(get, path = "/load", tag = "load", responses((status = 200, description = "The load", body = LoadState)))]
pub(super) async fn get_load(State(app): State<App>) -> Json<LoadState> {
    Json(app.state())
}
