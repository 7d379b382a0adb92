//! `GET /orders/{id}/refunds`.

use axum::extract::State;
use estore_contract::{ErrorBody, OrderRef, payment::RefundList};
use estore_server::{
    auth::Caller,
    extract::{Json, Path},
};

use crate::{
    Error,
    app::App,
    orders::access::{may_read, named},
    store::refunds,
};

/// Lists the refunds of one of the caller's orders, oldest first. An admin may read those of any
/// order.
#[utoipa::path(get, path = "/orders/{id}/refunds", tag = "orders", security(("bearer" = [])), params(("id" = String, Path, description = "The order's id or number")), responses(
    (status = 200, description = "The refunds", body = RefundList),
    (status = 404, description = "No such thing, or not the caller's", body = ErrorBody),
))]
pub(super) async fn list_refunds(
    State(app): State<App>,
    caller: Caller,
    Path(order): Path<OrderRef>,
) -> Result<Json<RefundList>, Error> {
    app.epoch.guard().await?;
    let id = named(&app, &caller.principal, order).await?;
    let (order, found) = refunds::list(&app.redis, id).await?;
    if !may_read(&caller, order.user) {
        return Err(Error::NotFound);
    }
    Ok(Json(RefundList { items: found.iter().map(|refund| refund.view(id)).collect() }))
}
