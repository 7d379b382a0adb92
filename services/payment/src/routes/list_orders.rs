//! `GET /orders`.

use axum::extract::State;
use estore_contract::{
    Code, ErrorBody, Limit, OrderId, Page, UserId,
    introspection::Role,
    payment::{Order, OrderStatus},
};
use estore_kit::{Problem, auth::Caller, cursor::Cursor, extract::Query};
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer::Ready;
use crate::{
    Error,
    app::App,
    store::listed::{self, Wanted},
};

const CURSOR: Cursor<OrderId> = Cursor::of("orders");

/// Which orders.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// Orders that stand so.
    status: Option<OrderStatus>,
    /// For admins: orders of this user.
    user_id: Option<UserId>,
    /// How many.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The caller's orders, newest first; for an admin, everybody's. A page may be shorter than asked for and still have a next one.
#[utoipa::path(get, path = "/orders", tag = "orders", security(("bearer" = [])), params(Params), responses(
    (status = 200, description = "Orders", body = Page<Order>),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 403, description = "Only an admin may ask for a user", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: repeat with the same key", body = ErrorBody),
))]
pub(super) async fn list_orders(
    State(app): State<App>,
    caller: Caller,
    Query(params): Query<Params>,
) -> Result<Ready, Problem> {
    let admin = caller.principal.role == Role::Admin;
    if !admin && params.user_id.is_some_and(|user| user != caller.principal.user_id) {
        return Err(Problem::new(Code::Forbidden, "Only an admin may see the orders of others."));
    }
    let user = if admin { params.user_id } else { Some(caller.principal.user_id) };
    let after = CURSOR.read(params.cursor.as_deref())?;
    let (epoch, limit) = (app.epoch.expected()?, params.limit.get());
    let wanted = Wanted { user, status: params.status, after };
    let (found, place) = listed::list(&app.redis, epoch, &wanted, limit).await?;
    // The JSON of Page<Order>.
    let mut json = String::with_capacity(64 + 1024 * found.len());
    json.push_str("{\"items\":[");
    for (at, order) in found.iter().enumerate() {
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
