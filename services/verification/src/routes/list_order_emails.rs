//! `GET /orders/{id}/emails`.

use axum::extract::State;
use estore_contract::{
    ErrorBody, OrderId,
    introspection::Role,
    verification::{OrderEmail, OrderEmailList},
};
use estore_server::{
    auth::Caller,
    extract::{Json, Path},
};

use crate::{Error, app::App, store::verifications};

/// Lists the emails about one of the caller's orders, oldest first. An admin may read those of any
/// order.
///
/// An order without emails has an empty list, and so has an order of somebody else.
#[utoipa::path(get, path = "/orders/{id}/emails", tag = "orders", security(("bearer" = [])), params(("id" = OrderId, Path, description = "The order's id")), responses(
    (status = 200, description = "The emails, the first 100 of them", body = OrderEmailList),
    (status = 404, description = "No such path", body = ErrorBody),
))]
pub(super) async fn list_order_emails(
    State(app): State<App>,
    caller: Caller,
    Path(order): Path<OrderId>,
) -> Result<Json<OrderEmailList>, Error> {
    let owner = (caller.principal.role != Role::Admin).then_some(caller.principal.user_id);
    let found = verifications::of_order(&app.replica, order, owner).await?;
    Ok(Json(OrderEmailList { items: found.iter().map(OrderEmail::of).collect() }))
}
