//! `GET /activity`.

use std::sync::Arc;

use axum::extract::State;
use estore_contract::{ErrorBody, activity::OrderActivity};
use estore_server::{Problem, extract::Json};

use crate::{Error, app::App};

/// Lists the orders that changed last, the latest first, without personal data. It needs no login,
/// and is there in demonstrations only.
///
/// The list has the 50 orders that changed last among the newest 50 and the oldest 50 in progress.
/// It may be a second old.
#[utoipa::path(get, path = "/activity", tag = "orders", responses(
    (status = 200, description = "At most 50 orders", body = Vec<OrderActivity>),
    (status = 404, description = "The shop does not show it (`PUBLIC_ACTIVITY`)", body = ErrorBody),
))]
pub(super) async fn list_activity(State(app): State<App>) -> Result<Json<Arc<Vec<OrderActivity>>>, Problem> {
    if !app.config.public_activity {
        return Err(Error::NotFound.into());
    }
    Ok(Json(app.latest.read(&app.redis, app.epoch.expected()?).await?))
}
