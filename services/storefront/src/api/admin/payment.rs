//! Orders and money, as an admin sees them.

use std::time::Duration;

use axum::http::Method;
use estore_contract::{
    OrderId, OrderNumber, Page, Sku, UserId,
    payment::{Order, OrderStatus, OrderWithTimeline, Refund, RefundList, RefundRequest, Transaction},
    sales::{ReportPeriod, SalesReport},
};
use serde::Serialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tokio::time::{Instant, timeout_at};

use super::{inventory::idempotency_key, query};
use crate::api::{ApiError, Payment, Service};

/// The parameters of the list of orders.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct OrderQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) number: Option<OrderNumber>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_id: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sku: Option<Sku>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<OrderStatus>,
    /// A time in the form of RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<String>,
}

/// The most pages of a search for orders. A page that ends early has read 200 kB of orders
/// (`22_search.lua`), so all pages are some thousand orders. More would keep Redis from its work.
const MOST_PAGES: usize = 10;
/// The longest search. With ten slow pages, the page that shows the result would be cut off.
const LONGEST: Duration = Duration::from_secs(6);

/// The orders that a search found.
pub(crate) struct Found {
    pub(crate) orders: Vec<Order>,
    /// True if the search ended before older orders.
    pub(crate) is_cut: bool,
}

#[derive(Serialize)]
struct ReportQuery {
    from: String,
    to: String,
    by: ReportPeriod,
}

#[derive(Serialize)]
struct LedgerQuery<'a> {
    user_id: UserId,
    limit: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'a str>,
}

impl Payment<'_> {
    /// Lists the orders of all customers.
    pub(crate) async fn all_orders(&self, of: &OrderQuery) -> Result<Page<Order>, ApiError> {
        self.0.get(&format!("/orders?{}", query(of))).await
    }

    /// Finds the newest orders of all customers that fit, at most `most`. A page of the service may
    /// end early, with few orders or none, so this reads several. If a later page is late or
    /// refused, the result is cut before it.
    pub(crate) async fn find_orders(
        &self,
        of: &OrderQuery,
        fits: fn(&Order) -> bool,
        most: usize,
    ) -> Result<Found, ApiError> {
        let (mut of, mut orders) = (of.clone(), Vec::new());
        let end = Instant::now() + LONGEST;
        for at in 0..MOST_PAGES {
            let page = timeout_at(end, self.all_orders(&of)).await;
            let page = match page.unwrap_or(Err(ApiError::Away(Service::Payment))) {
                Ok(page) => page,
                Err(error) if at == 0 || error.is(401) => return Err(error),
                Err(_refused_or_late) => break,
            };
            orders.extend(page.items.into_iter().filter(fits));
            of.cursor = page.next_cursor;
            if of.cursor.is_none() || orders.len() >= most {
                break;
            }
        }
        let is_cut = of.cursor.is_some() && orders.len() < most;
        orders.truncate(most);
        Ok(Found { orders, is_cut })
    }

    /// Returns the order of any customer.
    pub(crate) async fn any_order(&self, id: OrderId) -> Result<OrderWithTimeline, ApiError> {
        self.0.get(&format!("/orders/{id}")).await
    }

    pub(crate) async fn refunds_of(&self, id: OrderId) -> Result<RefundList, ApiError> {
        self.0.get(&format!("/orders/{id}/refunds")).await
    }

    /// Lists the refunds that failed and that nobody has seen to, newest first. A replica of the
    /// release before has no such list, and lists none.
    pub(crate) async fn failed_refunds(&self) -> Result<Vec<Refund>, ApiError> {
        match self.0.get("/refunds/failed?limit=100").await {
            Ok(Page { items, .. }) => Ok(items),
            Err(error) if error.is(404) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Refunds an order once for each key.
    pub(crate) async fn refund(
        &self,
        id: OrderId,
        key: &str,
        request: &RefundRequest,
    ) -> Result<Refund, ApiError> {
        self.0.send_with(Method::POST, &format!("/orders/{id}/refunds"), idempotency_key(key), request).await
    }

    pub(crate) async fn cancel_any(&self, id: OrderId) -> Result<Order, ApiError> {
        self.0.ask(Method::POST, &format!("/orders/{id}/cancel")).await
    }

    /// Lists the ledger entries of a customer, newest first.
    pub(crate) async fn ledger(
        &self,
        user_id: UserId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Transaction>, ApiError> {
        self.0.get(&format!("/transactions?{}", query(&LedgerQuery { user_id, limit, cursor }))).await
    }

    /// Counts orders and money for each hour or day in a time.
    pub(crate) async fn sales(
        &self,
        from: OffsetDateTime,
        to: OffsetDateTime,
        by: ReportPeriod,
    ) -> Result<SalesReport, ApiError> {
        let text = |at: OffsetDateTime| at.format(&Rfc3339).unwrap_or_default();
        let of = ReportQuery { from: text(from), to: text(to), by };
        self.0.get(&format!("/reports/sales?{}", query(&of))).await
    }
}
