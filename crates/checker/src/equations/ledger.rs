//! Equation 5 in the ledger: the entries of an order's money agree with its state.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::{
    OrderId,
    payment::TransactionType::{self, Authorization, Capture, Refund, Void},
};

use super::{Findings, case::Case};
use crate::stores::{Account, Entry, Order, OrderState, Refund as Refunded};

/// The maximum number of entries of one type that an order's count stands for.
const MOST: usize = 8;

/// Checks equation 5 in the ledger. Nothing stays authorized for an order at rest.
pub(super) fn agrees_with_the_order(case: &Case<'_>, id: OrderId, found: &mut Findings) {
    let Some(order) = case.order(id) else {
        if !case.entries(id).is_empty() {
            found.add(5, &id, "the ledger has entries of an order that is not there");
        }
        return;
    };
    case.entries(id).iter().for_each(|entry| is_of_its_order(id, order, entry, found));
    counts(case, id, order, found);
    refunds(case, id, found);
    if case.rests(id) {
        let aside = balance(case.entries(id), Account::Authorized);
        found.unless(aside == 0, 5, &id, || format!("{aside} minor units are still set aside"));
    }
}

/// Returns the entries that the ledger must have of an order, if the order's own counts are right.
#[must_use]
pub fn entries_of(id: OrderId, order: &Order, refunds: &BTreeMap<i64, &Refunded>) -> Vec<Entry> {
    let Some(price) = &order.price else { return Vec::new() };
    let entry = |kind, amount, n| {
        let (debit, credit) = accounts(kind);
        Entry { user: order.user, kind, order: id, amount, currency: price.currency, debit, credit, n }
    };
    let mut entries = Vec::new();
    let paid = refunds.iter().filter(|(_, refund)| refund.state.is_paid());
    let mut paid: Vec<Entry> = paid.map(|(n, refund)| entry(Refund, refund.amount, Some(*n))).collect();
    // A refund of 0 has no entry; versions of `pay1` before 6 wrote one.
    let booked = order.counts.iter().find(|(kind, _)| *kind == Refund).map(|(_, count)| *count);
    if booked != i64::try_from(paid.len()).ok() {
        paid.retain(|entry| entry.amount != 0);
    }
    for (kind, count) in &order.counts {
        // A count that is wrong by far needs no entry more to be found.
        let count = usize::try_from(*count).unwrap_or(0).min(MOST);
        match kind {
            Authorization | Capture | Void => {
                entries.extend((0..count).map(|_| entry(*kind, price.amount, None)));
            }
            // Refund 0 gives back a capture that a void found.
            Refund if count == paid.len() + 1 && order.state == OrderState::Cancelled => {
                entries.push(entry(Refund, price.amount, Some(0)));
            }
            Refund => {}
        }
    }
    entries.extend(paid);
    entries
}

/// Returns the debit and the credit account of a type of entry.
const fn accounts(kind: TransactionType) -> (Account, Account) {
    match kind {
        Authorization => (Account::Authorized, Account::Customer),
        Capture => (Account::Shop, Account::Authorized),
        Void => (Account::Customer, Account::Authorized),
        Refund => (Account::Customer, Account::Shop),
    }
}

/// Returns the debits of an account minus its credits.
fn balance(entries: &[&Entry], account: Account) -> i128 {
    let change = |entry: &&Entry| {
        let (into, out_of) = (entry.debit == account, entry.credit == account);
        i128::from(entry.amount) * (i128::from(into) - i128::from(out_of))
    };
    entries.iter().map(change).sum()
}

fn is_of_its_order(id: OrderId, order: &Order, entry: &Entry, found: &mut Findings) {
    let kind = entry.kind;
    found.unless(entry.user == order.user, 5, &id, || {
        format!("its {kind:?} is in the ledger of {}, and its user is {}", entry.user, order.user)
    });
    let booked = (entry.debit, entry.credit);
    found.unless(booked == accounts(kind), 5, &id, || {
        format!("its {kind:?} is debit {:?}, credit {:?}", entry.debit, entry.credit)
    });
    let total = order.price.as_ref().map(|price| (price.amount, price.currency));
    let booked = (entry.amount, entry.currency);
    let holds = match kind {
        Authorization | Capture | Void => Some(booked) == total && entry.n.is_none(),
        // A refund's entry has the refund's own amount.
        Refund => total.is_some_and(|(_, currency)| currency == entry.currency),
    };
    found.unless(holds, 5, &id, || format!("its {kind:?} is of {booked:?}, and its total is {total:?}"));
}

fn counts(case: &Case<'_>, id: OrderId, order: &Order, found: &mut Findings) {
    let [authorizations, captures, voids] = [Authorization, Capture, Void].map(|kind| case.count(id, kind));
    counts_itself(case, id, order, found);
    if order.is_free() {
        // Versions of `pay1` before 6 wrote entries of 0.
        let moved = case.entries(id).iter().any(|entry| entry.amount != 0);
        found.unless(!moved, 5, &id, || "it is free, and has entries of money".to_owned());
        return;
    }
    found.unless(captures <= 1 && captures + voids <= authorizations && authorizations <= 1, 5, &id, || {
        format!("{authorizations} authorizations, {captures} captures, {voids} voids")
    });
    if case.was_captured_and_refunded(id, order) {
        found.alarm(&id, "its void found a capture, and all of it was refunded");
    } else {
        found.unless((captures == 1) == (order.state == OrderState::Completed), 5, &id, || {
            format!("it is {:?} with {captures} captures", order.state)
        });
    }
    found.unless(voids == 0 || order.state == OrderState::Cancelled, 5, &id, || {
        format!("it is {:?} with {voids} voids", order.state)
    });
    let needs = matches!(
        order.state,
        OrderState::Authorized | OrderState::Confirming | OrderState::Confirmed | OrderState::Completed
    );
    found.unless(!needs || authorizations == 1, 5, &id, || {
        format!("it is {:?} with {authorizations} authorizations", order.state)
    });
    if case.rests(id) {
        found.unless(authorizations == captures + voids, 5, &id, || {
            format!("{authorizations} authorizations, {captures} captures and {voids} voids: one is open")
        });
    }
}

fn counts_itself(case: &Case<'_>, id: OrderId, order: &Order, found: &mut Findings) {
    for (kind, count) in &order.counts {
        let booked = case.count(id, *kind);
        found.unless(i64::try_from(booked) == Ok(*count), 5, &id, || {
            format!("it counts {count} of {kind:?}, and the ledger has {booked}")
        });
    }
}

/// Checks that the ledger has each paid refund once, with its amount, and no other refund.
fn refunds(case: &Case<'_>, id: OrderId, found: &mut Findings) {
    let paid: BTreeMap<i64, i64> = case
        .refunds(id)
        .filter(|(_, refund)| refund.state.is_paid())
        .map(|(n, refund)| (n, refund.amount))
        .collect();
    let undoes = case.order(id).is_some_and(|order| case.was_captured_and_refunded(id, order));
    let mut booked = BTreeSet::new();
    for entry in case.entries(id).iter().filter(|entry| entry.kind == Refund) {
        let n = entry.n.unwrap_or(-1);
        let holds = booked.insert(n) && (undoes || paid.get(&n) == Some(&entry.amount));
        found.unless(holds, 5, &format!("{id}/{n}"), || {
            format!("the ledger has a refund of {}, and refunds {paid:?} were paid", entry.amount)
        });
    }
    // A refund of 0 needs no entry.
    for (n, amount) in paid.iter().filter(|(n, amount)| **amount != 0 && !booked.contains(n)) {
        found.add(5, &format!("{id}/{n}"), format!("{amount} went back, and the ledger has no refund"));
    }
}
