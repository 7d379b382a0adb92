//! The caller's orders.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use estore_contract::{
    OrderId, OrderRef, Page,
    payment::{Order, OrderRequest, OrderStatus, OrderWithTimeline, RefundList},
};
use serde::Serialize;

use super::idempotency_key;
use crate::api::{ApiError, Payment, Streamed};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The parameters of the list of orders.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct OrderList {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<OrderStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<String>,
}

/// An order that a key made, now or before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewOrder {
    pub(crate) order: Order,
    /// True if an earlier call made it.
    pub(crate) is_repeat: bool,
}

impl Payment<'_> {
    /// Creates the order of a key, or finds it.
    pub(crate) async fn order(&self, key: &str, request: &OrderRequest) -> Result<NewOrder, ApiError> {
        let mut headers = idempotency_key(key);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        // Plain data with string keys, which always serializes.
        let body = serde_json::to_vec(request).unwrap_or_default();
        let answer = self.0.exchange(Method::POST, "/orders", headers, body.into()).await?;
        let is_repeat = answer.headers().get(REPLAYED).is_some_and(|value| value == "true");
        Ok(NewOrder { order: self.0.read(answer)?, is_repeat })
    }

    /// Returns an order with its timeline.
    pub(crate) async fn own_order(&self, of: OrderRef) -> Result<OrderWithTimeline, ApiError> {
        self.0.get(&format!("/orders/{}", path(of))).await
    }

    /// Returns an order, or `None` if there is none with this id.
    pub(crate) async fn find_order(&self, id: OrderId) -> Result<Option<Order>, ApiError> {
        match self.own_order(OrderRef::Id(id)).await {
            Ok(found) => Ok(Some(found.order)),
            Err(error) if error.is(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Lists the orders, newest first.
    pub(crate) async fn own_orders(&self, query: &OrderList) -> Result<Page<Order>, ApiError> {
        // Plain data with scalar values, which always serializes.
        let query = serde_html_form::to_string(query).unwrap_or_default();
        self.0.get(&format!("/orders?{query}")).await
    }

    pub(crate) async fn own_refunds(&self, of: OrderRef) -> Result<RefundList, ApiError> {
        self.0.get(&format!("/orders/{}/refunds", path(of))).await
    }

    pub(crate) async fn cancel_order(&self, of: OrderRef) -> Result<Order, ApiError> {
        self.0.ask(Method::POST, &format!("/orders/{}/cancel", path(of))).await
    }

    /// Begins the stream of an order's events, after the event `last`.
    pub(crate) async fn order_events(
        &self,
        of: OrderRef,
        last: Option<HeaderValue>,
    ) -> Result<Streamed, ApiError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("text/event-stream"));
        if let Some(last) = last {
            headers.insert(LAST_EVENT_ID, last);
        }
        self.0.stream(&format!("/orders/{}/events", path(of)), headers).await
    }
}

fn path(of: OrderRef) -> String {
    match of {
        OrderRef::Id(id) => id.to_string(),
        OrderRef::Number(number) => number.to_string(),
    }
}
