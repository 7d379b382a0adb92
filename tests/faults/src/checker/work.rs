//! Equation 7: whatever is not final is in the work set, and nothing is left when the shop is
//! quiet.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::{OrderId, UserId, reservation::ReservationStatus};

use super::{Findings, case::Case};
use crate::stores::{OrderState, State};

/// Checks equation 7 for the work set: it is empty when quiet. Then no email waits, and nothing is
/// held.
pub(super) fn is_what_is_not_final(case: &Case<'_>, found: &mut Findings) {
    let orders = case.snapshot.orders.iter().filter(|(_, order)| !order.state.is_final());
    let refunds = case.snapshot.refunds.iter().filter(|(_, refund)| !refund.state.is_final());
    let expected: BTreeSet<String> =
        orders.map(|(id, _)| id.to_string()).chain(refunds.map(|((id, n), _)| format!("{id}/{n}"))).collect();
    let work: BTreeSet<String> = case.snapshot.work.keys().cloned().collect();
    for task in expected.difference(&work) {
        found.add(7, task, "it is not final, and not in the work set");
    }
    for task in work.difference(&expected) {
        found.add(7, task, "it is in the work set, and final or not there");
    }
    for mail in case.snapshot.mail.keys() {
        let holds = is_due(case, mail);
        found.unless(holds, 7, mail, || "a mail is to be asked for of what did not happen".to_owned());
    }
    if case.is_quiet() {
        for task in &expected {
            found.add(7, task, "it is quiet, and it is not final");
        }
        for mail in case.snapshot.mail.keys() {
            found.add(7, mail, "it is quiet, and its mail was not asked for");
        }
        for (id, reservation) in &case.snapshot.reservations {
            let held = reservation.status == ReservationStatus::Held;
            found.unless(!held, 7, id, || "it is quiet, and its reservation is held".to_owned());
        }
    }
}

/// Returns true if an email is about an event that happened.
fn is_due(case: &Case<'_>, mail: &str) -> bool {
    let words: Vec<&str> = mail.split('/').collect();
    let order = words.first().and_then(|id| id.parse::<OrderId>().ok());
    match (order, words.get(1..).unwrap_or_default()) {
        (Some(id), ["confirmed"]) => {
            case.snapshot.orders.get(&id).is_some_and(|order| order.state == OrderState::Completed)
        }
        (Some(id), ["refunded", n]) => {
            let refund = n.parse().ok().and_then(|n| case.snapshot.refunds.get(&(id, n)));
            refund.is_some_and(|refund| refund.state.is_paid() && refund.amount > 0)
        }
        _ => false,
    }
}

type Scores = BTreeMap<String, i64>;

fn same(set: &str, kept: &Scores, expected: &Scores, found: &mut Findings) {
    let members: BTreeSet<&String> = kept.keys().chain(expected.keys()).collect();
    for member in members {
        let (is, should) = (kept.get(member), expected.get(member));
        found.unless(is == should, 7, member, || {
            format!("it stands in {set} at {is:?}, and should at {should:?}")
        });
    }
}

/// Checks equation 7 for every set that changes in the same step as the order.
pub(super) fn indexes_are_whole(case: &Case<'_>, found: &mut Findings) {
    let (mut all, mut open) = (Scores::new(), Scores::new());
    let mut users = BTreeMap::<UserId, (Scores, Scores)>::new();
    for (id, order) in &case.snapshot.orders {
        let of_user = users.entry(order.user).or_default();
        all.insert(id.to_string(), order.created_at);
        of_user.0.insert(id.to_string(), order.created_at);
        if !order.state.is_final() {
            open.insert(id.to_string(), order.created_at);
            let units = order.asked.iter().map(|(_, pieces)| pieces).sum();
            of_user.1.insert(id.to_string(), units);
        }
    }
    same("the list of orders", &case.snapshot.index, &all, found);
    same("the open orders", &case.snapshot.open, &open, found);
    let mut whose: BTreeSet<UserId> = users.keys().copied().collect();
    whose.extend(case.snapshot.users.keys());
    for user in whose {
        let kept = case.snapshot.users.get(&user).cloned().unwrap_or_default();
        let (orders, open) = users.remove(&user).unwrap_or_default();
        same(&format!("the orders of {user}"), &kept.orders, &orders, found);
        same(&format!("the open orders of {user}"), &kept.open, &open, found);
    }
    for (id, user) in &case.snapshot.cards {
        let listed = case.snapshot.users.get(user).is_some_and(|user| user.cards.contains(&id.to_string()));
        found.unless(listed, 7, id, || format!("the card is not in the list of its user {user}"));
    }
    for (user, kept) in &case.snapshot.users {
        let [keys, records] = &kept.keys;
        for key in keys.symmetric_difference(records) {
            found.add(
                7,
                user,
                format!("the key {key} of a card is listed without its record, or the other way round"),
            );
        }
        for card in &kept.cards {
            let there = card.parse().is_ok_and(|id| case.snapshot.cards.get(&id) == Some(user));
            found.unless(there, 7, card, || format!("the card of {user} is not there"));
        }
    }
}
