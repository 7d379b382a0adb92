//! `GET /orders`: the orders of the visitor, newest first.

use askama::Template;
use axum::{extract::RawQuery, http::StatusCode, response::Response};
use estore_contract::payment::{Order, OrderStatus};
use serde::Deserialize;

use crate::{
    Error,
    api::OrderList,
    pages::{self, Frame, Pager},
    texts,
    web::Shopper,
};

/// The parameters of the page, as the address has them.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Params {
    status: String,
    cursor: String,
    /// The cursors of the pages before this one.
    back: String,
}

impl Params {
    fn read(query: Option<&str>) -> Self {
        serde_html_form::from_str(query.unwrap_or_default()).unwrap_or_default()
    }

    /// Returns the list that is asked for. Leaves out what is not valid.
    fn list(&self) -> OrderList {
        let cursor = Some(self.cursor.clone()).filter(|cursor| !cursor.is_empty());
        OrderList { status: self.status.parse().ok(), cursor }
    }
}

/// Returns the path of a page of the list.
fn path(status: Option<OrderStatus>, cursor: &str, back: &str) -> String {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let query = [
        ("status", status.map(|status| status.as_str().to_owned())),
        ("cursor", text(cursor)),
        ("back", text(back)),
    ];
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    let query =
        pairs.extend_pairs(query.into_iter().filter_map(|(name, value)| Some((name, value?)))).finish();
    if query.is_empty() { "/orders".to_owned() } else { format!("/orders?{query}") }
}

/// A status by which the list is narrowed.
struct Filter {
    href: String,
    name: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "orders/list.html")]
struct OrdersPage {
    page: Frame,
    orders: Option<Vec<Order>>,
    filters: Vec<Filter>,
    is_filtered: bool,
    pager: Pager,
}

impl OrdersPage {
    fn status(&self, order: &Order) -> &'static str {
        texts::order_status(order.status, self.page.locale)
    }

    fn units(&self, order: &Order) -> String {
        let units = order.items.iter().map(|line| line.quantity).sum();
        texts::units(units, self.page.locale)
    }
}

pub(super) async fn show(shopper: Shopper, RawQuery(query): RawQuery) -> Result<Response, Error> {
    let params = Params::read(query.as_deref());
    let list = params.list();
    let mut page = Frame::titled(&shopper, |t| t.orders.title);
    let found = match shopper.payment().own_orders(&list).await {
        // The place in the list is not valid any more: the list from its start is.
        Err(error) if error.is(422) => return Ok(pages::go_to("/orders")),
        found => page.part(found)?,
    };
    let next = found.as_ref().and_then(|found| found.next_cursor.clone());
    let statuses = OrderStatus::ALL.into_iter().map(Some);
    let filter = |status: Option<OrderStatus>| Filter {
        href: path(status, "", ""),
        name: status.map_or(page.t.orders.all, |status| texts::order_status(status, page.locale)),
        is_chosen: status == list.status,
    };
    let filters = [None].into_iter().chain(statuses).map(filter).collect();
    let shown = OrdersPage {
        orders: found.map(|found| found.items),
        filters,
        is_filtered: list.status.is_some(),
        pager: Pager::new(&params.cursor, &params.back, next.as_deref(), |cursor, back| {
            path(list.status, cursor, back)
        }),
        page,
    };
    let is_here = shown.orders.is_some();
    pages::show_with(if is_here { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, &shopper, &shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_of_a_page_has_what_is_set() {
        assert_eq!(path(None, "", ""), "/orders");
        assert_eq!(
            path(Some(OrderStatus::Completed), "c3", "c2"),
            "/orders?status=completed&cursor=c3&back=c2"
        );
    }

    #[test]
    fn invalid_filter_of_orders_is_left_out() {
        let list = |query| Params::read(Some(query)).list();
        assert_eq!(
            list("status=completed&cursor=abc"),
            OrderList { status: Some(OrderStatus::Completed), cursor: Some("abc".to_owned()) }
        );
        assert_eq!(list("status=shipped&cursor="), OrderList::default());
        assert_eq!(list("status=a&status=b"), OrderList::default());
    }
}
