//! Equation 8 in the store itself: the ready-made view of a final order says what the order's
//! fields say.

use estore_contract::{Money, OrderId};

use super::{Findings, case::Case};
use crate::stores::{Order, State, View};

/// Checks equation 8 for the view of an order. It holds at every moment, because the call that
/// changes the order writes the view.
pub(super) fn is_what_is_kept(case: &Case<'_>, id: OrderId, found: &mut Findings) {
    for view in case.views(id) {
        let Some(order) = case.order(id) else {
            found.add(8, &id, "it is shown, and is not there");
            continue;
        };
        let status = order.status(case.refunds(id).map(|(_, refund)| refund));
        let holds = order.state.is_final() && view.order.status == status && view.user == order.user;
        found.unless(holds, 8, &id, || {
            format!(
                "it is shown {:?} to {}, and is {:?} of {}",
                view.order.status, view.user, order.state, order.user
            )
        });
        let dates = (milliseconds(view), view.updated_at);
        let holds = dates == (Some(order.created_at), order.updated_at)
            && view.order.payment_method.id == order.method
            && view.order.failure.as_ref().map(|failure| failure.code.as_str()) == order.failure.as_deref()
            && view.order.shipping_address == order.address;
        found.unless(holds, 8, &id, || {
            // Without the address: reports are logged.
            let moment = (order.created_at, order.updated_at);
            let failure = view.order.failure.as_ref().map(|failure| failure.code.as_str());
            format!(
                "it is shown with the dates {dates:?}, the card {}, and {failure:?}; it has {moment:?}, {}, {:?}, or another address",
                view.order.payment_method.id, order.method, order.failure
            )
        });
        found.unless(has_its_price(view, order), 8, &id, || {
            format!("it is shown to cost {:?}, and costs {:?}", view.order.total, order.price)
        });
    }
}

fn milliseconds(view: &View) -> Option<i64> {
    i64::try_from(view.order.created_at.unix_timestamp_nanos() / 1_000_000).ok()
}

fn has_its_price(view: &View, order: &Order) -> bool {
    let shown = view.order.items.iter().map(|item| {
        let quantity = i64::from(item.quantity);
        (&item.sku, item.name.as_deref(), quantity, item.unit_price, item.line_total)
    });
    let total = order.price.as_ref().map(|price| Money::new(price.amount, price.currency));
    let refunded = total.map(|total| Money::new(order.refunded, total.currency));
    let same = match &order.price {
        Some(price) => shown.eq(price.lines.iter().map(|line| {
            (&line.sku, Some(line.name.as_str()), line.quantity, Some(line.unit_price), Some(line.line_total))
        })),
        None => shown.eq(order.asked.iter().map(|(sku, quantity)| (sku, None, *quantity, None, None))),
    };
    same && (view.order.total, view.order.refunded) == (total, refunded)
}
