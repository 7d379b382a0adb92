//! Compares a payment in the gateway's records with a stale store, and decides how to repair the
//! store (order-flow section 7).

use estore_contract::{Currency, Money, payment::TransactionType as Kind};
use time::Duration;

use super::{Entry, Transition, next_step::is_late};
use crate::domain::{
    ListedPayment, Order, PaymentState, PricedLine, Refund, RefundStage, Refusal, State, Voided,
};

/// The repair of an order that the store has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// No repair: store and gateway agree, or the worker brings the order to its end.
    Agrees,
    /// Record the payment, so that the worker settles the order by reading it.
    Note(Transition),
    /// Undo the order: the store no longer has the data to complete it.
    Undo(Transition),
    /// Write these refunds, by number.
    Refunds(Vec<(u32, Money)>),
    /// An operator decides, and no money moves.
    Disagrees(&'static str),
}

/// Compares an order and its refunds with the gateway's record. `hold` is the time for which an
/// order that holds no stock is tried.
#[must_use]
pub fn known(order: &Order, refunds: &[Refund], listed: &ListedPayment, hold: Duration) -> Known {
    let (state, payment) = (order.state, &listed.state);
    match (state, payment) {
        (State::Completed, PaymentState::Captured) => {
            completed(refunds, &listed.refunds, listed.amount.currency)
        }
        // The payment moves no money in any state: an earlier version made it for a free order.
        _ if listed.amount.is_zero() => Known::Agrees,
        (State::Completed, _) => Known::Disagrees("is completed, but the gateway has not captured the money"),
        (State::Cancelled, PaymentState::Captured) if left(listed, None) > 0 => {
            Known::Disagrees("is cancelled, but the gateway keeps the money")
        }
        // Its lines may cost something else by now. And if the hold ended meanwhile, the order
        // could only time out, which says that nothing was charged.
        (State::Accepted, PaymentState::Authorized | PaymentState::Captured) => {
            Known::Undo(undo(order, listed))
        }
        (State::Reserved | State::Authorized, PaymentState::Captured) if is_late(order, hold) => {
            Known::Undo(undo(order, listed))
        }
        (State::Reserved, _) if order.payment.is_none() => Known::Note(Transition {
            payment: Some(listed.payment.clone()),
            ..Transition::to(State::Reserved)
        }),
        _ => Known::Agrees,
    }
}

/// Compares the refunds of a completed order with those that the gateway `made`.
#[must_use]
pub fn completed(refunds: &[Refund], made: &[(u32, i64)], currency: Currency) -> Known {
    let mut unknown = Vec::new();
    for (n, amount) in made {
        match refunds.iter().find(|refund| refund.n == *n) {
            _ if *n == 0 => return Known::Disagrees("is completed, but the gateway refunded everything"),
            Some(refund) if refund.stage == RefundStage::Failed => {
                return Known::Disagrees("has a failed refund that the gateway made");
            }
            Some(refund) if refund.amount.amount != *amount => {
                return Known::Disagrees("has a refund that has another amount at the gateway");
            }
            Some(_) => {}
            None => unknown.push((*n, Money::new(*amount, currency))),
        }
    }
    unknown.sort_unstable_by_key(|(n, _)| *n);
    if unknown.is_empty() { Known::Agrees } else { Known::Refunds(unknown) }
}

fn undo(order: &Order, listed: &ListedPayment) -> Transition {
    let deadline = i64::try_from(order.created_at.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
    let priced = order.priced.is_none().then(|| (unknown_lines(listed.amount), listed.amount, deadline));
    let payment = order.payment.is_none().then(|| listed.payment.clone());
    Transition { priced, payment, ..Transition::refuse(Refusal::lost()) }
}

/// Returns a line that stands for lines that are no longer known. It costs what they cost together.
#[must_use]
pub fn unknown_lines(amount: Money) -> Vec<PricedLine> {
    let line = |sku| PricedLine {
        sku,
        name: "Unknown: the lines of this order were lost".to_owned(),
        quantity: 1,
        unit_price: amount,
        line_total: amount,
    };
    "LOST".parse().map(line).into_iter().collect()
}

/// The command to the gateway for a payment whose order is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Void the payment, the fence: it is never captured.
    Void,
    /// Refund the rest of what was captured, as refund 0.
    SendBack(Money),
    /// No command: everything was refunded before.
    Nothing,
}

/// Returns the command for a payment whose order is lost.
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

/// Returns the ledger entries of a lost order that was voided.
#[must_use]
pub fn voided(listed: &ListedPayment, voided: Voided) -> Vec<Entry> {
    match voided {
        Voided::Done { authorized: true } => {
            [Kind::Authorization, Kind::Void].map(|kind| entry(kind, listed.amount, None)).into()
        }
        Voided::Done { authorized: false } | Voided::Captured => Vec::new(),
    }
}

/// Returns the ledger entries of a lost order whose money was captured. `rest` is the amount that
/// was refunded just now.
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

/// Returns the amount that was not refunded, leaving out the refund `without`.
fn left(listed: &ListedPayment, without: Option<u32>) -> i64 {
    let refunds = listed.refunds.iter().filter(|(n, _)| Some(*n) != without);
    refunds.fold(listed.amount.amount, |left, (_, amount)| left.saturating_sub(*amount)).max(0)
}

#[cfg(test)]
mod tests;
