//! The next step of an order, given its state.

use time::Duration;

use super::{Command, Step, Transition, Unwound};
use crate::domain::{Order, Refusal, State};

/// Returns the first step for `order`. `hold` is the time for which an order that holds no stock
/// yet is tried.
#[must_use]
pub fn next_step(order: &Order, hold: Duration) -> Step {
    if order.state.can_time_out() && is_late(order, hold) {
        return Step::Transition(Transition::refuse(Refusal::timed_out()));
    }
    let payment = order.payment.clone();
    match (order.state, payment, &order.priced) {
        // For a free order no gateway is called: there is nothing to authorize, capture or void.
        (State::Reserved, ..) if order.is_free() => Step::Transition(Transition::to(State::Confirming)),
        (State::Confirmed, ..) if order.is_free() => Step::Transition(Transition::to(State::Completed)),
        (State::Cancelling, ..) if order.is_free() => Step::Command(Command::Release(Unwound::Nothing)),
        (State::Accepted, ..) => Step::Command(Command::Reserve),
        // An earlier version recorded the price before the payment was created.
        (State::Reserved, None, Some((_, total))) => Step::Command(Command::CreatePayment(*total, None)),
        // An earlier attempt may have succeeded although its answer was lost. Reading the payment
        // settles it.
        (State::Reserved, Some(payment), _) if order.attempts > 0 => {
            Step::Command(Command::ReadPayment(payment))
        }
        (State::Reserved, Some(payment), _) => Step::Command(Command::Authorize(payment)),
        // An earlier version recorded the authorization as a step of its own.
        (State::Authorized, ..) => Step::Transition(Transition::to(State::Confirming)),
        // A repeat, if an earlier attempt sold the stock but did not finish.
        (State::Confirming, ..) => Step::Command(Command::Confirm),
        (State::Confirmed, Some(payment), _) => Step::Command(Command::Capture(payment)),
        (State::Cancelling, payment, _) => Step::Command(Command::Void(payment)),
        (State::Reserved, None, None) => Step::RetryLater("the order has no price"),
        (State::Confirmed, None, _) => Step::RetryLater("the order has no payment"),
        (State::Completed | State::Cancelled, ..) => Step::RetryLater("the order is final"),
    }
}

/// Returns true if the time for this order is over by the store's clock: its hold ended, or it
/// never got one.
pub(super) fn is_late(order: &Order, hold: Duration) -> bool {
    order.now >= order.deadline.unwrap_or(order.created_at + hold)
}
