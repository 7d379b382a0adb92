//! What an answer leads to.

use estore_contract::{Code, Money, payment::TransactionType as Kind};

use super::{Answer, Ask, Held, Move, Next, Priced, Undone};
use crate::domain::{CreatedPayment, Order, PaymentState, RefundState, Refusal, State, Voided, price};

/// What follows once `ask` was answered for `order`.
#[must_use]
pub fn then(order: &Order, ask: &Ask, answer: Answer) -> Next {
    match (ask, answer) {
        (Ask::Reserve, Answer::Held(held)) => priced(order, held),
        (
            Ask::Reserve | Ask::Confirm,
            Answer::Refused(Code::ReservationClosed | Code::ReservationUnknown, _),
        ) => refuse(Refusal::timed_out()),
        (Ask::Reserve, Answer::Refused(_, refusal)) | (Ask::Authorize(_), Answer::NoCard(refusal)) => {
            refuse(refusal)
        }
        (Ask::CreatePayment(_, priced), Answer::Created(payment)) => created(payment, priced.clone()),
        // The reading shows that it did not happen: only now is it sent again.
        (Ask::ReadPayment(payment), Answer::Payment(PaymentState::Created)) => {
            Next::Ask(Ask::Authorize(payment.clone()))
        }
        (Ask::ReadPayment(_) | Ask::Authorize(_), Answer::Payment(state)) => authorized(order, state),
        // Phase 2: the stock first, then the money. Both may be repeated, and one step notes both.
        (Ask::Confirm, Answer::Done) => sold(order),
        (Ask::Capture(_), Answer::Payment(state)) => captured(order, &state),
        (Ask::Void(payment), Answer::Voided(voided)) => voided_to(order, payment.as_deref(), voided),
        (Ask::RefundAll(..), Answer::Refunded(RefundState::Done)) => {
            Next::Ask(Ask::Release(Undone::Refunded))
        }
        (Ask::RefundAll(..), Answer::Refunded(RefundState::Failed(_))) => Next::Alarm(
            "captured_while_cancelling_and_not_refunded",
            Box::new(Next::Stuck("the gateway does not send the money back")),
        ),
        (Ask::Release(undone), Answer::Refused(Code::AlreadyConfirmed, _)) => {
            Next::Ask(Ask::PutBack(*undone))
        }
        (Ask::Release(undone) | Ask::PutBack(undone), Answer::Done) => cancelled(order, *undone),
        _ => Next::Stuck("the answer is none to this question"),
    }
}

fn refuse(refusal: Refusal) -> Next {
    Next::Move(Move::refuse(refusal))
}

/// No money moves yet: the payment's id is noted with the price, so that whatever happens can be settled by reading.
fn priced(order: &Order, held: Held) -> Next {
    match price(held.lines, order.request.expected_total) {
        Ok((lines, total)) => {
            let priced = (lines, total, held.deadline);
            if total.is_zero() {
                Next::Move(Move { priced: Some(priced), ..Move::to(State::Reserved) })
            } else {
                Next::Ask(Ask::CreatePayment(total, Some(priced)))
            }
        }
        Err(refusal) => refuse(refusal),
    }
}

fn created(payment: CreatedPayment, priced: Option<Priced>) -> Next {
    let step = match payment {
        CreatedPayment::Id(id) => Move { payment: Some(id), ..Move::to(State::Reserved) },
        CreatedPayment::Voided => Move::refuse(Refusal::timed_out()),
        CreatedPayment::Declined(code) => Move::refuse(Refusal::declined(&code)),
        CreatedPayment::Unchargeable(why) => Move::refuse(Refusal::unchargeable(&why)),
    };
    Next::Move(Move { priced, ..step })
}

fn authorized(order: &Order, state: PaymentState) -> Next {
    let Some(total) = total(order) else { return Next::Stuck("the order has no price") };
    // Written before confirm is first sent: from here on no deadline decides.
    let go_on = Move::to(State::Confirming).entry(Kind::Authorization, total, None);
    match state {
        PaymentState::Authorized => Next::Move(go_on),
        PaymentState::Declined(code) => refuse(Refusal::declined(&code)),
        PaymentState::Voided | PaymentState::Absent => refuse(Refusal::timed_out()),
        PaymentState::Created => Next::Stuck("the payment is not authorized yet"),
        // Only where our store is older than the gateway's (order-flow section 7): the order goes on to where its money is, or
        // sends it back.
        PaymentState::Captured => Next::Move(Move { alarm: Some("captured_before_confirmed"), ..go_on }),
    }
}

fn sold(order: &Order) -> Next {
    match &order.payment {
        _ if order.is_free() => Next::Move(Move::to(State::Completed)),
        Some(payment) => Next::Ask(Ask::Capture(payment.clone())),
        None => Next::Stuck("the order has no payment"),
    }
}

fn captured(order: &Order, state: &PaymentState) -> Next {
    let Some(total) = total(order) else { return Next::Stuck("the order has no price") };
    match state {
        PaymentState::Captured => Next::Move(Move::to(State::Completed).entry(Kind::Capture, total, None)),
        // Only a payment that reads as cancelled is never captured: the authorization ran out.
        PaymentState::Voided => Next::Move(Move {
            alarm: Some("authorization_lost"),
            ..Move::refuse(Refusal::declined("authorization_expired"))
        }),
        _ => Next::Stuck("the payment is not captured yet"),
    }
}

fn voided_to(order: &Order, payment: Option<&str>, voided: Voided) -> Next {
    match (voided, payment, total(order)) {
        // An authorization whose answer was lost is in the gateway's books and not in ours yet; one that ran out is in ours.
        (Voided::Done { authorized }, ..) if authorized || order.has_authorization => {
            Next::Ask(Ask::Release(Undone::Voided))
        }
        (Voided::Done { .. }, ..) => Next::Ask(Ask::Release(Undone::Nothing)),
        // Only a free order that an earlier version brought to the gateway: nothing goes back.
        (Voided::Captured, _, Some(total)) if total.is_zero() => Next::Ask(Ask::Release(Undone::Nothing)),
        (Voided::Captured, Some(payment), Some(total)) => Next::Alarm(
            "captured_while_cancelling",
            Box::new(Next::Ask(Ask::RefundAll(payment.to_owned(), total))),
        ),
        (Voided::Captured, ..) => Next::Stuck("the payment is captured, and the order does not know it"),
    }
}

fn cancelled(order: &Order, undone: Undone) -> Next {
    let end = Move::to(State::Cancelled);
    let (Some(total), true) = (total(order), undone != Undone::Nothing) else { return Next::Move(end) };
    let end = if order.has_authorization { end } else { end.entry(Kind::Authorization, total, None) };
    Next::Move(match undone {
        Undone::Nothing => end,
        Undone::Voided => end.entry(Kind::Void, total, None),
        Undone::Refunded => end.entry(Kind::Capture, total, None).entry(Kind::Refund, total, Some(0)),
    })
}

fn total(order: &Order) -> Option<Money> {
    order.priced.as_ref().map(|(_, total)| *total)
}
