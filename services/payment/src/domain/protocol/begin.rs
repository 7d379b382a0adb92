//! What an order needs next, given how it stands.

use time::Duration;

use super::{Ask, Move, Next, Undone};
use crate::domain::{Order, Refusal, State};

/// The first thing to do for `order`. `hold` is how long one that holds no stock yet is tried.
#[must_use]
pub fn begin(order: &Order, hold: Duration) -> Next {
    if order.state.can_time_out() && is_late(order, hold) {
        return Next::Move(Move::refuse(Refusal::timed_out()));
    }
    let payment = order.payment.clone();
    match (order.state, payment, &order.priced) {
        // What costs nothing is asked of no gateway: not to set it aside, not to take it, not to let it go.
        (State::Reserved, ..) if order.is_free() => Next::Move(Move::to(State::Confirming)),
        (State::Confirmed, ..) if order.is_free() => Next::Move(Move::to(State::Completed)),
        (State::Cancelling, ..) if order.is_free() => Next::Ask(Ask::Release(Undone::Nothing)),
        (State::Accepted, ..) => Next::Ask(Ask::Reserve),
        // An earlier version noted the price before there was a payment.
        (State::Reserved, None, Some((_, total))) => Next::Ask(Ask::CreatePayment(*total, None)),
        // An attempt before this one may have got through without its answer: reading settles it.
        (State::Reserved, Some(payment), _) if order.attempts > 0 => Next::Ask(Ask::ReadPayment(payment)),
        (State::Reserved, Some(payment), _) => Next::Ask(Ask::Authorize(payment)),
        // An earlier version noted the authorization by itself.
        (State::Authorized, ..) => Next::Move(Move::to(State::Confirming)),
        // A repeat, if an earlier attempt sold the stock and did not come to the end.
        (State::Confirming, ..) => Next::Ask(Ask::Confirm),
        (State::Confirmed, Some(payment), _) => Next::Ask(Ask::Capture(payment)),
        (State::Cancelling, payment, _) => Next::Ask(Ask::Void(payment)),
        (State::Reserved, None, None) => Next::Stuck("the order has no price"),
        (State::Confirmed, None, _) => Next::Stuck("the order has no payment"),
        (State::Completed | State::Cancelled, ..) => Next::Stuck("the order is final"),
    }
}

/// Whether the time for this order is over, by the store's clock: its hold ended, or it got none.
pub(super) fn is_late(order: &Order, hold: Duration) -> bool {
    order.now >= order.deadline.unwrap_or(order.created_at + hold)
}
