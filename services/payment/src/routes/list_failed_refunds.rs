//! `GET /refunds/failed`.

use axum::extract::State;
use estore_contract::payment::RefundList;
use estore_server::{auth::Admin, extract::Json};

use crate::{Error, app::App, store::refunds};

/// The most refunds of one answer.
const MOST: u32 = 100;

/// Lists the refunds that the gateway refused for good and that nobody has seen to, newest first.
///
/// A refund leaves the list once another refund of its order is requested, or once its order is
/// archived. Refunds that failed before this version of the service are not in it.
#[utoipa::path(get, path = "/refunds/failed", tag = "orders", security(("bearer" = [])), responses(
    (status = 200, description = "The refunds, 100 at most", body = RefundList),
))]
pub(super) async fn list_failed_refunds(
    State(app): State<App>,
    _admin: Admin,
) -> Result<Json<RefundList>, Error> {
    app.epoch.guard().await?;
    let found = refunds::failed(&app.redis, MOST).await?;
    Ok(Json(RefundList { items: found.iter().map(|(order, refund)| refund.view(*order)).collect() }))
}
