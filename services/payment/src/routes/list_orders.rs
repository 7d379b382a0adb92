//! `GET /orders`.

use axum::extract::State;
use estore_contract::{
    Code, ErrorBody, Limit, Moment, OrderId, OrderNumber, Page, Sku, UserId,
    introspection::Role,
    payment::{Order, OrderStatus},
};
use estore_server::{Problem, auth::Caller, cursor::Cursor, extract::Query};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    Error,
    app::App,
    orders::answer::Ready,
    store::{
        listed::{self, Listed, Wanted},
        numbers,
    },
};

const CURSOR: Cursor<OrderId> = Cursor::of("orders");

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// Orders with this status.
    status: Option<OrderStatus>,
    /// For admins: orders of this user.
    user_id: Option<UserId>,
    /// Orders with this number, in any case and with or without the dash. Not together with another
    /// filter.
    #[param(value_type = Option<String>, example = "K7QX-2M9D")]
    number: Option<OrderNumber>,
    /// Orders with a line of this SKU.
    sku: Option<Sku>,
    /// Orders created at this time or later.
    from: Option<Moment>,
    /// Orders created before this time.
    to: Option<Moment>,
    /// Maximum number of orders.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// Lists the caller's orders, newest first; for an admin, everybody's. A page may have fewer orders
/// than the limit, or none, and still have a next page.
#[utoipa::path(get, path = "/orders", tag = "orders", security(("bearer" = [])), params(Params), responses(
    (status = 200, description = "Orders", body = Page<Order>),
    (status = 403, description = "Only an admin may ask for a user", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn list_orders(
    State(app): State<App>,
    caller: Caller,
    Query(params): Query<Params>,
) -> Result<Ready, Problem> {
    let admin = caller.principal.role == Role::Admin;
    if !admin && params.user_id.is_some_and(|user| user != caller.principal.user_id) {
        return Err(Problem::new(Code::Forbidden, "Only an admin may see the orders of other users."));
    }
    let (epoch, limit) = (app.epoch.expected()?, params.limit.get());
    let wanted = Wanted {
        user: if admin { params.user_id } else { Some(caller.principal.user_id) },
        status: params.status,
        sku: params.sku,
        from: params.from.map(|from| from.0),
        to: params.to.map(|to| to.0),
        after: CURSOR.read(params.cursor.as_deref())?,
    };
    let Some(number) = params.number else {
        let (found, place) = listed::list(&app.redis, epoch, &wanted, limit).await?;
        return Ok(page(&found, place)?);
    };
    let is_filtered = params.user_id.is_some() || wanted.is_search() || wanted.after.is_some();
    if is_filtered {
        return Err(Problem::field("number", "must be the only filter"));
    }
    let mut ids = numbers::find(&app.redis, epoch, number, wanted.user).await?;
    ids.truncate(limit);
    Ok(page(&listed::shown(&app.redis, ids).await?, None)?)
}

/// Returns the JSON of `Page<Order>`.
fn page(orders: &[Listed], place: Option<OrderId>) -> Result<Ready, Error> {
    let mut json = String::with_capacity(64 + 1024 * orders.len());
    json.push_str("{\"items\":[");
    for (at, order) in orders.iter().enumerate() {
        json.push_str(if at == 0 { "" } else { "," });
        order.write(&mut json)?;
    }
    let next_cursor = place.map(|place| CURSOR.encode(&place));
    json.push_str("],\"next_cursor\":");
    json.push_str(
        &serde_json::to_string(&next_cursor).map_err(|error| Error::Unexpected(error.to_string()))?,
    );
    json.push('}');
    Ok(Ready(json))
}
