//! `GET /orders/{id}`.

use axum::extract::State;
use estore_contract::{ErrorBody, OrderRef, payment::OrderWithTimeline};
use estore_server::{auth::Caller, extract::Path};

use crate::{
    Error,
    app::App,
    orders::{
        access::{may_read, named},
        answer::Ready,
    },
    store::details,
};

/// Returns one of the caller's orders, with the steps that it took. An admin may read any order.
#[utoipa::path(get, path = "/orders/{id}", tag = "orders", security(("bearer" = [])), params(("id" = String, Path, description = "The order's id or number")), responses(
    (status = 200, description = "The order", body = OrderWithTimeline),
    (status = 404, description = "No such thing, or not the caller's", body = ErrorBody),
))]
pub(super) async fn get_order(
    State(app): State<App>,
    caller: Caller,
    Path(order): Path<OrderRef>,
) -> Result<Ready, Error> {
    let id = named(&app, &caller.principal, order).await?;
    let found = details::read(&app.redis, app.epoch.expected()?, id).await?;
    if !may_read(&caller, found.order.user()?) {
        return Err(Error::NotFound);
    }
    Ok(Ready(found.json()?))
}
