//! One order with its refunds, its ledger, and the form of a refund.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use estore_base::random;
use estore_contract::{
    OrderId, UserId,
    payment::{Order, OrderStatus, OrderWithTimeline, Refund, Transaction},
};
use tokio::join;

use super::{
    Section,
    refund::{Left, RefundForm, left},
};
use crate::{
    Error,
    api::{ApiError, Service},
    pages::{Frame, Tone, show_with, soon},
    texts,
    web::Visitor,
};

/// The entries on a page of the ledger, and the most pages that are searched for those of an order.
const ENTRIES: u32 = 100;
const MOST_PAGES: usize = 10;

#[derive(Template)]
#[template(path = "admin/order.html")]
struct OrderPage {
    page: Frame,
    section: Section,
    order: Order,
    timeline: Vec<estore_contract::payment::TimelineEntry>,
    customer: Option<UserId>,
    refunds: Option<Vec<Refund>>,
    ledger: Option<Vec<Transaction>>,
    left: Vec<Left>,
    form: RefundForm,
}

impl OrderPage {
    fn is_refundable(&self) -> bool {
        matches!(self.order.status, OrderStatus::Completed | OrderStatus::PartiallyRefunded)
            && self.left.iter().any(|left| left.units > 0)
    }

    fn is_cancelled(&self) -> bool {
        self.order.status == OrderStatus::Cancelled
    }

    fn is_pending(&self) -> bool {
        self.order.status == OrderStatus::Pending
    }
}

/// Returns the number of units in an order.
pub(crate) fn units(order: &Order) -> u64 {
    order.items.iter().map(|line| u64::from(line.quantity)).sum()
}

/// Shows an order. `form` is the form as the browser sent it, with the reason for which it is shown
/// again.
pub(crate) async fn show(
    visitor: &Visitor,
    id: OrderId,
    sent: Option<(StatusCode, RefundForm, String)>,
) -> Result<Response, Error> {
    let payment = visitor.payment();
    let (order, refunds) = join!(payment.any_order(id), payment.refunds_of(id));
    let OrderWithTimeline { order, timeline, user_id: customer, .. } = order?;
    let title = format!("{} {}", texts::Texts::of(visitor.locale).admin.orders.order, order.number);
    let mut page = Frame::new(visitor, title);
    let refunds = page.part(refunds)?.map(|refunds| refunds.items);
    let ledger = match customer {
        Some(customer) => {
            page.part(soon(Service::Payment, ledger(visitor, customer, &order)).await)?.flatten()
        }
        None => None,
    };
    let (status, form) = match sent {
        Some((status, form, reason)) => {
            page.notice(Tone::Bad, reason);
            (status, form)
        }
        None => (StatusCode::OK, RefundForm { key: random::uuid_v4().to_string(), ..RefundForm::default() }),
    };
    let left = refunds.as_ref().map(|refunds| left(&order, refunds)).unwrap_or_default();
    let section = Section::Orders;
    let shown = OrderPage { page, section, order, timeline, customer, refunds, ledger, left, form };
    show_with(status, visitor, &shown)
}

/// Finds the ledger entries of an order among those of its customer, oldest first. Returns `None`
/// if the customer has so many newer entries that the search ends before those of the order.
async fn ledger(
    visitor: &Visitor,
    customer: UserId,
    order: &Order,
) -> Result<Option<Vec<Transaction>>, ApiError> {
    let (mut found, mut cursor) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let page = visitor.payment().ledger(customer, ENTRIES, cursor.as_deref()).await?;
        let is_past = page.items.last().is_none_or(|entry| entry.created_at < order.created_at);
        found.extend(page.items.into_iter().filter(|entry| entry.order_id == order.id));
        cursor = page.next_cursor;
        if is_past || cursor.is_none() {
            found.reverse();
            return Ok(Some(found));
        }
    }
    Ok(None)
}
