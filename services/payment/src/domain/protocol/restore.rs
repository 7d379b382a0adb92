//! A payment in the gateway's books beside a store that is older than they are (order-flow section 7): what is done.

use estore_contract::{Money, payment::TransactionType as Kind};
use time::Duration;

use super::{Entry, Move, begin::is_late};
use crate::{
    domain::{Order, PaymentState, PricedLine, Refund, RefundStage, Refusal, State, Voided},
    gateway::ListedPayment,
};

/// What is done about an order that the store has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Nothing: both say the same, or the worker brings the order to its end.
    Agrees,
    /// The payment is noted, so that the worker settles the order by reading it.
    Note(Move),
    /// The order is undone: the store no longer holds what it would take to complete it.
    Undo(Move),
    /// These refunds, by number, are written.
    Refunds(Vec<(u32, Money)>),
    /// A person decides; no money is moved.
    Disagrees(&'static str),
}

/// Compares an order and its refunds with what the gateway has of it. `hold` is how long an order that holds no stock is tried.
#[must_use]
pub fn known(order: &Order, refunds: &[Refund], listed: &ListedPayment, hold: Duration) -> Known {
    let (state, payment) = (order.state, &listed.state);
    match (state, payment) {
        (State::Completed, PaymentState::Captured) => completed(refunds, listed),
        // It moves no money, wherever it stands: an earlier version made it for an order that was free.
        _ if listed.amount.is_zero() => Known::Agrees,
        (State::Completed, _) => Known::Disagrees("is completed, but the gateway has not taken the money"),
        (State::Cancelled, PaymentState::Captured) if left(listed, None) > 0 => {
            Known::Disagrees("is cancelled, but the gateway keeps the money")
        }
        // Its lines may cost something else by now. And where the hold ended meanwhile, the order could only time out, which says
        // that nothing was charged.
        (State::Accepted, PaymentState::Authorized | PaymentState::Captured) => {
            Known::Undo(undo(order, listed))
        }
        (State::Reserved | State::Authorized, PaymentState::Captured) if is_late(order, hold) => {
            Known::Undo(undo(order, listed))
        }
        (State::Reserved, _) if order.payment.is_none() => {
            Known::Note(Move { payment: Some(listed.payment.clone()), ..Move::to(State::Reserved) })
        }
        _ => Known::Agrees,
    }
}

fn completed(refunds: &[Refund], listed: &ListedPayment) -> Known {
    let mut unknown = Vec::new();
    for (n, amount) in &listed.refunds {
        match refunds.iter().find(|refund| refund.n == *n) {
            _ if *n == 0 => return Known::Disagrees("is completed, but the gateway sent everything back"),
            Some(refund) if refund.stage == RefundStage::Failed => {
                return Known::Disagrees("has a failed refund that the gateway made");
            }
            Some(_) => {}
            None => unknown.push((*n, Money::new(*amount, listed.amount.currency))),
        }
    }
    unknown.sort_unstable_by_key(|(n, _)| *n);
    if unknown.is_empty() { Known::Agrees } else { Known::Refunds(unknown) }
}

fn undo(order: &Order, listed: &ListedPayment) -> Move {
    let deadline = i64::try_from(order.created_at.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
    let priced = order.priced.is_none().then(|| (unknown_lines(listed.amount), listed.amount, deadline));
    let payment = order.payment.is_none().then(|| listed.payment.clone());
    Move { priced, payment, ..Move::refuse(Refusal::lost()) }
}

/// What stands in the place of lines that nobody knows any more: what they cost together.
#[must_use]
pub fn unknown_lines(amount: Money) -> Vec<PricedLine> {
    let line = |sku| PricedLine {
        sku,
        name: "What was ordered is not known any more".to_owned(),
        quantity: 1,
        unit_price: amount,
        line_total: amount,
    };
    "LOST".parse().map(line).into_iter().collect()
}

/// What is asked of the gateway for a payment whose order is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// The fence: no money is ever taken.
    Void,
    /// What was taken and has not gone back goes back, as refund 0.
    SendBack(Money),
    /// Everything went back before.
    Nothing,
}

/// What is asked for a payment whose order is lost.
#[must_use]
pub fn lost(listed: &ListedPayment) -> Lost {
    match &listed.state {
        PaymentState::Captured => match left(listed, Some(0)) {
            0 => Lost::Nothing,
            rest => Lost::SendBack(Money::new(rest, listed.amount.currency)),
        },
        _ => Lost::Void,
    }
}

/// The ledger's entries of a lost order that was voided.
#[must_use]
pub fn voided(listed: &ListedPayment, voided: Voided) -> Vec<Entry> {
    match voided {
        Voided::Done { authorized: true } => {
            [Kind::Authorization, Kind::Void].map(|kind| entry(kind, listed.amount, None)).into()
        }
        Voided::Done { authorized: false } | Voided::Captured => Vec::new(),
    }
}

/// The ledger's entries of a lost order whose money was taken; `rest` is what went back just now.
#[must_use]
pub fn sent_back(listed: &ListedPayment, rest: Option<Money>) -> Vec<Entry> {
    let mut entries =
        Vec::from([Kind::Authorization, Kind::Capture].map(|kind| entry(kind, listed.amount, None)));
    let refund =
        |(n, amount): &(u32, i64)| entry(Kind::Refund, Money::new(*amount, listed.amount.currency), Some(*n));
    entries.extend(listed.refunds.iter().filter(|(n, _)| *n != 0 || rest.is_none()).map(refund));
    entries.extend(rest.map(|rest| entry(Kind::Refund, rest, Some(0))));
    entries
}

fn entry(kind: Kind, amount: Money, n: Option<u32>) -> Entry {
    Entry { kind, amount, n }
}

/// What has not gone back, leaving one refund out.
fn left(listed: &ListedPayment, without: Option<u32>) -> i64 {
    let refunds = listed.refunds.iter().filter(|(n, _)| Some(*n) != without);
    refunds.fold(listed.amount.amount, |left, (_, amount)| left.saturating_sub(*amount)).max(0)
}

#[cfg(test)]
mod tests;
