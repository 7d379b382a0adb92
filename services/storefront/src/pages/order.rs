//! An order as its owner sees it: its state, the way that it took, and what was refunded.

use askama::Template;
use estore_contract::{
    OrderRef,
    payment::{Order, OrderFailure, OrderStatus, OrderStep, OrderWithTimeline, Refund, RefundStatus},
    verification::{Locale, OrderEmail},
};
use time::OffsetDateTime;
use tokio::join;

use super::{Frame, labels, side, soon};
use crate::{
    Error,
    api::Service,
    checkout::Refusal,
    texts::{self, Texts},
    web::Visitor,
};

/// A point on the way of an order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) name: String,
    pub(crate) text: String,
    /// The time, or `None` if it is still to come.
    pub(crate) at: Option<OffsetDateTime>,
}

/// The part of the page that changes while the order goes on.
#[derive(Template)]
#[template(path = "orders/live.html")]
pub(crate) struct Live {
    pub(crate) page: Frame,
    pub(crate) order: Order,
    pub(crate) points: Vec<Point>,
    /// `None` if they cannot be read now.
    pub(crate) refunds: Option<Vec<Refund>>,
    /// The emails about the order. `None` if they cannot be read now.
    pub(crate) emails: Option<Vec<OrderEmail>>,
    pub(crate) can_cancel: bool,
}

impl Live {
    /// Reads an order of the visitor.
    pub(crate) async fn read(visitor: &Visitor, of: OrderRef) -> Result<Self, Error> {
        let payment = visitor.payment();
        let (order, refunds) = join!(payment.own_order(of), payment.own_refunds(of));
        let OrderWithTimeline { order, timeline, .. } = order?;
        let mut page = Frame::new(visitor, "");
        page.title = format!("{} {}", page.t.orders.order, order.number);
        let refunds = page.part(refunds)?.map(|list| list.items);
        let steps: Vec<(OrderStep, OffsetDateTime)> =
            timeline.iter().map(|entry| (entry.state, entry.at)).collect();
        let points = points(&order, &steps, refunds.as_deref().unwrap_or_default(), page.locale);
        let can_cancel = can_cancel(&order, &steps);
        let emails = if is_mailed(&order) {
            let verification = visitor.verification();
            side(soon(Service::Verification, verification.order_emails(order.id)).await)?
        } else {
            Some(Vec::new())
        };
        Ok(Self { page, order, points, refunds, emails, can_cancel })
    }

    /// Returns true if the order goes on by itself.
    pub(crate) fn is_in_progress(&self) -> bool {
        self.order.status == OrderStatus::Pending
    }

    fn status(&self) -> &'static str {
        texts::order_status(self.order.status, self.page.locale)
    }

    fn status_means(&self) -> &'static str {
        texts::order_status_means(self.order.status, self.page.locale)
    }

    /// Says why the order was undone.
    fn why(&self) -> Option<&'static str> {
        let why = |failure: &OrderFailure| texts::refusal(&Refusal::of_failure(failure), self.page.locale);
        self.order.failure.as_ref().map(why)
    }

    fn address(&self) -> Option<String> {
        self.order
            .shipping_address
            .as_ref()
            .map(|address| labels::shipping_address(address, self.page.locale))
    }

    fn brand(&self) -> &str {
        labels::brand(&self.order.payment_method.brand, self.page.locale)
    }

    /// Returns true if any money went back.
    fn is_refunded(&self) -> bool {
        self.order.refunded.is_some_and(|refunded| !refunded.is_zero())
    }

    fn is_mailed(&self) -> bool {
        is_mailed(&self.order)
    }
}

/// Returns true if the shop confirms the order by email.
fn is_mailed(order: &Order) -> bool {
    !matches!(order.status, OrderStatus::Pending | OrderStatus::Cancelled)
}

/// Returns true if the order can still be undone by its owner.
fn can_cancel(order: &Order, steps: &[(OrderStep, OffsetDateTime)]) -> bool {
    let is_early = |(step, _): &(OrderStep, _)| matches!(step, OrderStep::Accepted | OrderStep::Reserved);
    order.status == OrderStatus::Pending && steps.iter().all(is_early)
}

/// Returns the steps that the order took, those to come, and its refunds.
fn points(
    order: &Order,
    steps: &[(OrderStep, OffsetDateTime)],
    refunds: &[Refund],
    locale: Locale,
) -> Vec<Point> {
    let point = |step, at| {
        let [name, text] = texts::order_step(step, locale).map(ToOwned::to_owned);
        Point { name, text, at }
    };
    let took = |step| steps.iter().any(|(taken, _)| *taken == step);
    let mut points: Vec<Point> = steps.iter().map(|(step, at)| point(*step, Some(*at))).collect();
    let next: &[OrderStep] = match order.status {
        OrderStatus::Pending if took(OrderStep::Cancelling) => &[OrderStep::Cancelled],
        OrderStatus::Pending => &[OrderStep::Reserved, OrderStep::Confirming, OrderStep::Completed],
        _ => &[],
    };
    points.extend(next.iter().filter(|step| !took(**step)).map(|step| point(*step, None)));
    points.extend(refunds.iter().map(|refund| refunded(refund, locale)));
    points
}

fn refunded(refund: &Refund, locale: Locale) -> Point {
    let amount = texts::format::money(refund.amount, locale);
    let units: Vec<String> =
        refund.items.iter().map(|line| format!("{} × {}", line.quantity, line.sku)).collect();
    let at = match refund.status {
        RefundStatus::Pending => refund.created_at,
        RefundStatus::Completed | RefundStatus::Failed => refund.updated_at,
    };
    let name = format!("{}: {amount}", Texts::of(locale).orders.refunded);
    let state = texts::refund(refund.status, locale);
    Point { name, text: format!("{} ({state})", units.join(", ")), at: Some(at) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    const AT: OffsetDateTime = datetime!(2026-11-30 22:34 UTC);

    fn order(status: &str) -> Order {
        serde_json::from_value(json!({
            "id": "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01", "number": "06BT-DW1W", "status": status, "items": [],
            "total": null, "refunded": null, "failure": null,
            "payment_method": {"id": "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a02", "brand": "visa", "last4": "4242"},
            "created_at": "2026-11-30T22:34:00Z", "updated_at": "2026-11-30T22:34:00Z",
        }))
        .unwrap()
    }

    fn names(status: &str, steps: &[OrderStep]) -> Vec<(String, bool)> {
        let steps: Vec<_> = steps.iter().map(|step| (*step, AT)).collect();
        let points = points(&order(status), &steps, &[], Locale::En);
        points.into_iter().map(|point| (point.name, point.at.is_some())).collect()
    }

    fn expected(names: &[(&str, bool)]) -> Vec<(String, bool)> {
        names.iter().map(|(name, is_done)| ((*name).to_owned(), *is_done)).collect()
    }

    #[test]
    fn timeline_names_the_steps_to_come() {
        let accepted = names("pending", &[OrderStep::Accepted]);
        let to_come =
            [("Received", true), ("Set aside", false), ("Payment approved", false), ("Completed", false)];
        assert_eq!(accepted, expected(&to_come));
        let undone = names("pending", &[OrderStep::Accepted, OrderStep::Cancelling]);
        assert_eq!(undone, expected(&[("Received", true), ("Being cancelled", true), ("Cancelled", false)]));
        let done = names("completed", &[OrderStep::Accepted, OrderStep::Completed]);
        assert_eq!(done, expected(&[("Received", true), ("Completed", true)]));
    }

    #[test]
    fn order_can_be_cancelled_until_it_is_sold() {
        let can = |status: &str, steps: &[OrderStep]| {
            let steps: Vec<_> = steps.iter().map(|step| (*step, AT)).collect();
            can_cancel(&order(status), &steps)
        };
        assert!(can("pending", &[]) && can("pending", &[OrderStep::Accepted, OrderStep::Reserved]));
        assert!(!can("pending", &[OrderStep::Accepted, OrderStep::Reserved, OrderStep::Confirming]));
        assert!(!can("pending", &[OrderStep::Accepted, OrderStep::Cancelling]));
        assert!(!can("completed", &[]) && !can("cancelled", &[OrderStep::Accepted]));
    }

    #[test]
    fn refund_stands_in_the_timeline() {
        let refund = serde_json::from_value(json!({
            "order_id": "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01", "number": 1, "status": "completed",
            "amount": {"amount": 1490, "currency": "USD"}, "items": [{"sku": "MUG-01", "quantity": 1}],
            "restock": true, "reason": null, "failure": null,
            "created_at": "2026-11-30T22:00:00Z", "updated_at": "2026-11-30T22:34:00Z",
        }))
        .unwrap();
        let points = points(&order("refunded"), &[], &[refund], Locale::En);
        let [point] = points.as_slice() else { panic!("{points:?}") };
        assert_eq!((point.name.as_str(), point.at), ("Refunded: $14.90", Some(AT)));
        assert_eq!(point.text, "1 × MUG-01 (refunded to your card)");
    }
}
