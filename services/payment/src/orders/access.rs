//! Permission to read an order, and its name in a path.

use estore_contract::{
    OrderId, OrderRef, UserId,
    introspection::{Principal, Role},
};
use estore_server::auth::Caller;

use crate::{
    Error,
    app::App,
    domain::Order,
    store::{numbers, orders},
};

/// Returns the id of the order that a path names. A number is looked up among the caller's own
/// orders, or among all if the caller is an admin.
pub(crate) async fn named(app: &App, caller: &Principal, order: OrderRef) -> Result<OrderId, Error> {
    let number = match order {
        OrderRef::Id(id) => return Ok(id),
        OrderRef::Number(number) => number,
    };
    let owner = (caller.role != Role::Admin).then_some(caller.user_id);
    let found = numbers::find(&app.redis, app.epoch.expected()?, number, owner).await?;
    match found.as_slice() {
        [] => Err(Error::NotFound),
        [id] => Ok(*id),
        // A customer can try keys until an order gets the number of another one, so none is
        // guessed.
        _ => Err(Error::SeveralOrders),
    }
}

/// Returns the order if the caller is its owner or an admin.
pub(crate) async fn readable(app: &App, caller: &Caller, id: OrderId) -> Result<Order, Error> {
    let order = orders::read(&app.redis, id).await?;
    if may_read(caller, order.user) { Ok(order) } else { Err(Error::NotFound) }
}

/// Returns true if the caller is `owner` or an admin.
pub(crate) fn may_read(caller: &Caller, owner: UserId) -> bool {
    owner == caller.principal.user_id || caller.principal.role == Role::Admin
}
