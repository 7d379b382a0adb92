//! Equation 7: whatever is not final is in the work set, and nothing is left when the shop is
//! quiet.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::{OrderId, UserId, reservation::ReservationStatus};

use super::{
    Findings,
    case::{Case, order_of, owner_of},
};
use crate::stores::{OrderState, RefundState, State};

/// Returns the members of a set that name the order, or a part of it.
fn members_of<'a>(set: &'a BTreeMap<String, i64>, id: &'a str) -> impl Iterator<Item = &'a String> {
    set.range(id.to_owned()..).map(|(member, _)| member).take_while(move |member| member.starts_with(id))
}

/// Checks equation 7 for an order and its refunds: each stands in the work set unless it is final.
/// No email is about something that did not happen.
pub(super) fn is_what_is_not_final(case: &Case<'_>, id: OrderId, found: &mut Findings) {
    let name = id.to_string();
    let mut expected = BTreeSet::new();
    if case.order(id).is_some_and(|order| !order.state.is_final()) {
        expected.insert(name.clone());
    }
    let open = case.refunds(id).filter(|(_, refund)| !refund.state.is_final());
    expected.extend(open.map(|(n, _)| format!("{id}/{n}")));
    let work: BTreeSet<String> = members_of(&case.snapshot.work, &name).cloned().collect();
    for task in expected.difference(&work) {
        found.add(7, task, "it is not final, and not in the work set");
    }
    for task in work.difference(&expected) {
        found.add(7, task, "it is in the work set, and final or not there");
    }
    for mail in members_of(&case.snapshot.mail, &name) {
        let holds = is_due(case, mail);
        found.unless(holds, 7, mail, || "a mail is to be asked for of what did not happen".to_owned());
    }
    if case.rests(id) {
        for task in &expected {
            found.add(7, task, "it is quiet, and it is not final");
        }
        let status = case.snapshot.reservations.get(&id).map(|reservation| reservation.status);
        found.unless(status != Some(ReservationStatus::Held), 7, &id, || {
            "it is quiet, and its reservation is held".to_owned()
        });
    }
}

/// Checks equation 7 for emails in a quiet shop: none waits.
pub(super) fn no_mail_is_left(case: &Case<'_>, found: &mut Findings) {
    for mail in case.snapshot.mail.keys().filter(|_| case.is_quiet()) {
        found.add(7, mail, "it is quiet, and its mail was not asked for");
    }
}

/// Checks equation 7 for the list of failed refunds: it has no other. A shop of an earlier release
/// has failed refunds that are not in it.
pub(super) fn noted_failures_are_failed(case: &Case<'_>, found: &mut Findings) {
    for member in case.snapshot.failed.keys() {
        let refund = member
            .split_once('/')
            .and_then(|(order, n)| Some((order.parse().ok()?, n.parse().ok()?)))
            .and_then(|place: (OrderId, i64)| case.snapshot.refunds.get(&place));
        let is_failed = refund.is_some_and(|refund| refund.state == RefundState::Failed);
        found.unless(is_failed, 7, member, || "it is listed as a failed refund, and is none".to_owned());
    }
}

/// Returns true if an email is about an event that happened.
fn is_due(case: &Case<'_>, mail: &str) -> bool {
    let words: Vec<&str> = mail.split('/').collect();
    let order = words.first().and_then(|id| id.parse::<OrderId>().ok());
    match (order, words.get(1..).unwrap_or_default()) {
        (Some(id), ["confirmed"]) => case.order(id).is_some_and(|order| order.state == OrderState::Completed),
        (Some(id), ["refunded", n]) => {
            let refund = n.parse().ok().and_then(|n| case.snapshot.refunds.get(&(id, n)));
            refund.is_some_and(|refund| refund.state.is_paid() && refund.amount > 0)
        }
        _ => false,
    }
}

fn stands(set: &str, member: &str, is: Option<i64>, should: Option<i64>, found: &mut Findings) {
    found.unless(is == should, 7, member, || {
        format!("it stands in {set} at {is:?}, and should at {should:?}")
    });
}

/// Checks equation 7 for every set that changes in the same step as the order: it stands there, at
/// its value.
pub(super) fn indexes_have_it(case: &Case<'_>, id: OrderId, found: &mut Findings) {
    let name = id.to_string();
    let order = case.order(id);
    let open = order.filter(|order| !order.state.is_final());
    let mut check = |set: &str, is: Option<&i64>, should: Option<i64>| {
        stands(set, &name, is.copied(), should, found);
    };
    let created = order.map(|order| order.created_at);
    check("the list of orders", case.snapshot.index.get(&name), created);
    check("the open orders", case.snapshot.open.get(&name), open.map(|order| order.created_at));
    if let Some(order) = order {
        let user = order.user;
        let kept = case.snapshot.users.get(&user);
        check(&format!("the orders of {user}"), kept.and_then(|kept| kept.orders.get(&name)), created);
        let units = open.map(|order| order.asked.iter().map(|(_, units)| units).sum());
        check(&format!("the open orders of {user}"), kept.and_then(|kept| kept.open.get(&name)), units);
    }
}

/// Checks equation 7 for the lists of a user: they have the user's orders and no other, and the
/// user's cards.
pub(super) fn lists_are_of(case: &Case<'_>, user: UserId, found: &mut Findings) {
    let Some(kept) = case.snapshot.users.get(&user) else { return };
    let is_theirs =
        |member: &str| order_of(member).and_then(|id| case.order(id)).is_some_and(|order| order.user == user);
    for (set, members) in [("orders", &kept.orders), ("open orders", &kept.open)] {
        for (member, at) in members.iter().filter(|(member, _)| !is_theirs(member)) {
            stands(&format!("the {set} of {user}"), member, Some(*at), None, found);
        }
    }
    let [keys, records] = &kept.keys;
    for key in keys.symmetric_difference(records) {
        found.add(
            7,
            &user,
            format!("the key {key} of a card is listed without its record, or the other way round"),
        );
    }
    for card in &kept.cards {
        let there = card.parse().is_ok_and(|id| case.snapshot.cards.get(&id) == Some(&user));
        found.unless(there, 7, card, || format!("the card of {user} is not there"));
    }
}

/// Checks equation 7 for the cards: each is in its user's list.
pub(super) fn cards_are_listed(case: &Case<'_>, found: &mut Findings) {
    for (id, user) in &case.snapshot.cards {
        let listed = case.snapshot.users.get(user).is_some_and(|user| user.cards.contains(&id.to_string()));
        found.unless(listed, 7, id, || format!("the card is not in the list of its user {user}"));
    }
}

/// Checks equations 5 and 7 for members of sets that name no order at all.
pub(super) fn members_name_orders(case: &Case<'_>, found: &mut Findings) {
    let no_order = |id: &&String| order_of(id).is_none();
    for id in case.snapshot.booked.iter().filter(no_order) {
        found.add(5, id, "the gateway's list and its payments disagree");
    }
    for (set, kept) in
        [("the list of orders", &case.snapshot.index), ("the open orders", &case.snapshot.open)]
    {
        for (member, at) in kept.iter().filter(|(member, _)| no_order(member)) {
            stands(set, member, Some(*at), None, found);
        }
    }
    for task in case.snapshot.work.keys().filter(|task| owner_of(task).is_none()) {
        found.add(7, task, "it is in the work set, and final or not there");
    }
    for mail in case.snapshot.mail.keys().filter(|mail| owner_of(mail).is_none()) {
        found.add(7, mail, "a mail is to be asked for of what did not happen");
    }
}
