//! `GET /orders/{id}/refunds`.

use axum::extract::State;
use estore_contract::{ErrorBody, OrderId, payment::RefundList};
use estore_kit::{
    auth::Caller,
    extract::{Json, Path},
};

use super::get_order::may_read;
use crate::{Error, app::App, store::refunds};

/// The refunds of an order of the caller's, oldest first; of anybody's for an admin.
#[utoipa::path(get, path = "/orders/{id}/refunds", tag = "orders", security(("bearer" = [])), params(("id" = OrderId, Path, description = "The order")), responses(
    (status = 200, description = "The refunds", body = RefundList),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 404, description = "No such thing, or not the caller's", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: repeat with the same key", body = ErrorBody),
))]
pub(super) async fn list_refunds(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<OrderId>,
) -> Result<Json<RefundList>, Error> {
    app.epoch.guard().await?;
    let (order, found) = refunds::list(&app.redis, id).await?;
    if !may_read(&caller, order.user) {
        return Err(Error::NotFound);
    }
    Ok(Json(RefundList { items: found.iter().map(|refund| refund.view(id)).collect() }))
}
