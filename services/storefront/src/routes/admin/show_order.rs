//! `GET /admin/orders/{id}`: one order, by its id or its number.

use axum::{extract::Path, response::Response};
use estore_contract::OrderRef;

use crate::{
    Error,
    api::admin::OrderQuery,
    pages::{self, admin::order},
    web::Owner,
};

pub(super) async fn show(owner: Owner, Path(name): Path<String>) -> Result<Response, Error> {
    let number = match name.parse::<OrderRef>().map_err(|_invalid| Error::NotFound)? {
        OrderRef::Id(id) => return order::show(&owner, id, None).await,
        OrderRef::Number(number) => number,
    };
    let query = OrderQuery { number: Some(number), limit: Some(2), ..OrderQuery::default() };
    let found = owner.payment().all_orders(&query).await?.items;
    match found.as_slice() {
        [] => Err(Error::NotFound),
        [order] => Ok(pages::go_to(&format!("/admin/orders/{}", order.id))),
        // Two orders can have one number.
        _ => Ok(pages::go_to(&format!("/admin/orders?number={number}"))),
    }
}
