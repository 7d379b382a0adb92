//! The step that follows an outcome.

use estore_contract::{Code, Money, payment::TransactionType as Kind};

use super::{Command, Hold, Outcome, Priced, Step, Transition, Unwound};
use crate::domain::{CreatedPayment, Order, PaymentState, RefundState, Refusal, State, Voided, price};

/// Returns the step that follows `outcome`, the outcome of `command` for `order`.
#[must_use]
pub fn apply(order: &Order, command: &Command, outcome: Outcome) -> Step {
    match (command, outcome) {
        (Command::Reserve, Outcome::Hold(hold)) => priced(order, hold),
        (
            Command::Reserve | Command::Confirm,
            Outcome::Refused(Code::ReservationClosed | Code::ReservationUnknown, _),
        ) => refuse(Refusal::timed_out()),
        (Command::Reserve, Outcome::Refused(_, refusal))
        | (Command::Authorize(_), Outcome::NoCard(refusal)) => refuse(refusal),
        (Command::CreatePayment(_, priced), Outcome::Created(payment)) => created(payment, priced.clone()),
        // The reading shows that the authorization did not happen. Only now is it sent again.
        (Command::ReadPayment(payment), Outcome::Payment(PaymentState::Created)) => {
            Step::Command(Command::Authorize(payment.clone()))
        }
        (Command::ReadPayment(_) | Command::Authorize(_), Outcome::Payment(state)) => {
            authorized(order, state)
        }
        // Phase 2: the stock first, then the money. Both may be repeated, and one transition
        // records both.
        (Command::Confirm, Outcome::Done) => sold(order),
        (Command::Capture(_), Outcome::Payment(state)) => captured(order, &state),
        (Command::Void(payment), Outcome::Voided(voided)) => voided_to(order, payment.as_deref(), voided),
        (Command::ListRefunds(payment, _), Outcome::Refunds(made)) => refund_rest(order, payment, &made),
        (Command::RefundRest(_, _, refunds), Outcome::Refunded(RefundState::Done)) => {
            Step::Command(Command::Release(Unwound::Refunded(refunds.clone())))
        }
        (Command::RefundRest(..), Outcome::Refunded(RefundState::Failed(_) | RefundState::Taken)) => {
            Step::Alarm(
                "captured_while_cancelling_and_not_refunded",
                Box::new(Step::RetryLater("the gateway does not refund the money")),
            )
        }
        (Command::Release(unwound), Outcome::Refused(Code::AlreadyConfirmed, _)) => {
            Step::Command(Command::Restock(unwound.clone()))
        }
        (Command::Release(unwound) | Command::Restock(unwound), Outcome::Done) => cancelled(order, unwound),
        _ => Step::RetryLater("the outcome does not belong to this command"),
    }
}

fn refuse(refusal: Refusal) -> Step {
    Step::Transition(Transition::refuse(refusal))
}

/// Moves no money yet. The payment's id is recorded with the price, so that reading the payment
/// settles any unknown outcome.
fn priced(order: &Order, hold: Hold) -> Step {
    match price(hold.lines, order.request.expected_total) {
        Ok((lines, total)) => {
            let priced = (lines, total, hold.deadline);
            if total.is_zero() {
                Step::Transition(Transition { priced: Some(priced), ..Transition::to(State::Reserved) })
            } else {
                Step::Command(Command::CreatePayment(total, Some(priced)))
            }
        }
        Err(refusal) => refuse(refusal),
    }
}

fn created(payment: CreatedPayment, priced: Option<Priced>) -> Step {
    let step = match payment {
        CreatedPayment::Id(id) => Transition { payment: Some(id), ..Transition::to(State::Reserved) },
        CreatedPayment::Voided => Transition::refuse(Refusal::timed_out()),
        CreatedPayment::Declined(code) => Transition::refuse(Refusal::declined(&code)),
        CreatedPayment::Unchargeable(why) => Transition::refuse(Refusal::unchargeable(&why)),
    };
    Step::Transition(Transition { priced, ..step })
}

fn authorized(order: &Order, state: PaymentState) -> Step {
    let Some(total) = total(order) else { return Step::RetryLater("the order has no price") };
    // Written before confirm is first sent: from here on no deadline undoes the order.
    let go_on = Transition::to(State::Confirming).entry(Kind::Authorization, total, None);
    match state {
        PaymentState::Authorized => Step::Transition(go_on),
        PaymentState::Declined(code) => refuse(Refusal::declined(&code)),
        PaymentState::Voided | PaymentState::Absent => refuse(Refusal::timed_out()),
        PaymentState::Created => Step::RetryLater("the payment is not authorized yet"),
        // Possible only if our store is older than the gateway's (order-flow section 7). The order
        // goes on to completion, or refunds its money.
        PaymentState::Captured => {
            Step::Transition(Transition { alarm: Some("captured_before_confirmed"), ..go_on })
        }
    }
}

fn sold(order: &Order) -> Step {
    match &order.payment {
        _ if order.is_free() => Step::Transition(Transition::to(State::Completed)),
        Some(payment) => Step::Command(Command::Capture(payment.clone())),
        None => Step::RetryLater("the order has no payment"),
    }
}

fn captured(order: &Order, state: &PaymentState) -> Step {
    let Some(total) = total(order) else { return Step::RetryLater("the order has no price") };
    match state {
        PaymentState::Captured => {
            Step::Transition(Transition::to(State::Completed).entry(Kind::Capture, total, None))
        }
        // Only a payment that reads as cancelled is never captured: the authorization expired.
        PaymentState::Voided => Step::Transition(Transition {
            alarm: Some("authorization_lost"),
            ..Transition::refuse(Refusal::declined("authorization_expired"))
        }),
        _ => Step::RetryLater("the payment is not captured yet"),
    }
}

fn voided_to(order: &Order, payment: Option<&str>, voided: Voided) -> Step {
    match (voided, payment, total(order)) {
        // An authorization whose answer was lost is in the gateway's records but not in ours yet.
        // One that expired is in ours.
        (Voided::Done { authorized }, ..) if authorized || order.has_authorization => {
            Step::Command(Command::Release(Unwound::Voided))
        }
        (Voided::Done { .. }, ..) => Step::Command(Command::Release(Unwound::Nothing)),
        // Possible only for a free order that an earlier version brought to the gateway: there is
        // nothing to refund.
        (Voided::Captured, _, Some(total)) if total.is_zero() => {
            Step::Command(Command::Release(Unwound::Nothing))
        }
        (Voided::Captured, Some(payment), Some(total)) => Step::Alarm(
            "captured_while_cancelling",
            Box::new(Step::Command(Command::ListRefunds(payment.to_owned(), total.currency))),
        ),
        (Voided::Captured, ..) => {
            Step::RetryLater("the payment is captured, but the order does not record it")
        }
    }
}

/// Refunds what is left of the total. The other refunds were made when the order was completed,
/// before a restore took it back.
fn refund_rest(order: &Order, payment: &str, made: &[(u32, i64)]) -> Step {
    let Some(total) = total(order) else { return Step::RetryLater("the order has no price") };
    let others = made.iter().filter(|(n, _)| *n != 0);
    let mut refunds: Vec<_> = others.map(|(n, sum)| (*n, Money::new(*sum, total.currency))).collect();
    let back = refunds.iter().fold(0_i64, |sum, (_, refund)| sum.saturating_add(refund.amount));
    let rest = Money::new(total.amount.saturating_sub(back), total.currency);
    if rest.amount <= 0 {
        return Step::Command(Command::Release(Unwound::Refunded(refunds)));
    }
    refunds.push((0, rest));
    Step::Command(Command::RefundRest(payment.to_owned(), rest, refunds))
}

fn cancelled(order: &Order, unwound: &Unwound) -> Step {
    let end = Transition::to(State::Cancelled);
    let (Some(total), true) = (total(order), *unwound != Unwound::Nothing) else {
        return Step::Transition(end);
    };
    let end = if order.has_authorization { end } else { end.entry(Kind::Authorization, total, None) };
    Step::Transition(match unwound {
        Unwound::Nothing => end,
        Unwound::Voided => end.entry(Kind::Void, total, None),
        Unwound::Refunded(refunds) => {
            refunds.iter().fold(end.entry(Kind::Capture, total, None), |end, (n, refund)| {
                end.entry(Kind::Refund, *refund, Some(*n))
            })
        }
    })
}

fn total(order: &Order) -> Option<Money> {
    order.priced.as_ref().map(|(_, total)| *total)
}
