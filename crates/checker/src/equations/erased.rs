//! The second half of equation 14: a closed account leaves nothing that tells who its owner was.

use std::collections::BTreeSet;

use estore_contract::{OrderId, UserId};

use super::{Findings, case::Case};
use crate::stores::State;

/// Checks equation 14 for an account: from the first step of closing on, no card is left.
pub(super) fn are_its_cards(case: &Case<'_>, user: UserId, found: &mut Findings) {
    let Some(kept) = case.snapshot.users.get(&user).filter(|kept| kept.closed) else { return };
    let cards = kept.cards.len() + kept.keys.iter().map(BTreeSet::len).sum::<usize>();
    let owned = case.snapshot.cards.values().filter(|owner| **owner == user).count();
    found.unless(cards + owned == 0, 14, &user, || "the account is closed, and has cards".to_owned());
}

/// Checks equation 14 for an order: after the last step of closing, no final order tells who
/// bought, and no email about one is due.
pub(super) fn is_what_was_personal(case: &Case<'_>, id: OrderId, found: &mut Findings) {
    let Some(order) = case.order(id) else { return };
    let kept = case.snapshot.users.get(&order.user);
    if !kept.is_some_and(|kept| kept.closed && kept.erased) || !order.state.is_final() {
        return;
    }
    found.unless(!order.personal, 14, &id, || "its account is closed, and it tells who bought".to_owned());
    let begin = format!("{id}/");
    let mails = case.snapshot.mail.keys().filter(|mail| mail.starts_with(&begin)).count();
    found.unless(mails == 0, 14, &id, || "its account is closed, and a mail is to be asked for".to_owned());
}
