//! `GET /orders/{id}`.

use axum::extract::State;
use estore_contract::{ErrorBody, OrderId, UserId, introspection::Role, payment::Order};
use estore_kit::{auth::Caller, extract::Path};

use super::answer::Ready;
use crate::{
    Error,
    app::App,
    domain,
    store::{listed, orders},
};

/// One order of the caller's; of anybody's for an admin.
#[utoipa::path(get, path = "/orders/{id}", tag = "orders", security(("bearer" = [])), params(("id" = OrderId, Path, description = "The order")), responses(
    (status = 200, description = "The order", body = Order),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 404, description = "No such thing, or not the caller's", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: repeat with the same key", body = ErrorBody),
))]
pub(super) async fn get_order(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<OrderId>,
) -> Result<Ready, Error> {
    let order = listed::read(&app.redis, app.epoch.expected()?, id).await?;
    if !may_read(&caller, order.user()?) {
        return Err(Error::NotFound);
    }
    let mut json = String::with_capacity(1024);
    order.write(&mut json)?;
    Ok(Ready(json))
}

/// The order, where the caller may see it: its owner, and admins.
pub(super) async fn readable(app: &App, caller: &Caller, id: OrderId) -> Result<domain::Order, Error> {
    let order = orders::read(&app.redis, id).await?;
    if may_read(caller, order.user) { Ok(order) } else { Err(Error::NotFound) }
}

pub(super) fn may_read(caller: &Caller, owner: UserId) -> bool {
    owner == caller.principal.user_id || caller.principal.role == Role::Admin
}
