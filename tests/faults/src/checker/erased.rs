//! The second half of equation 14: a closed account leaves nothing that tells who its owner was.

use std::collections::BTreeSet;

use super::{Findings, case::Case};
use crate::stores::State;

/// Checks equation 14: from the first step of closing on, no card is left.
/// After the last step, no final order tells who bought, and no email about one is due.
pub(super) fn is_what_was_personal(case: &Case<'_>, found: &mut Findings) {
    for (user, kept) in case.snapshot.users.iter().filter(|(_, kept)| kept.closed) {
        let cards = kept.cards.len() + kept.keys.iter().map(BTreeSet::len).sum::<usize>();
        let owned = case.snapshot.cards.values().filter(|owner| *owner == user).count();
        found.unless(cards + owned == 0, 14, user, || "the account is closed, and has cards".to_owned());
        let orders = case.snapshot.orders.iter().filter(|(_, order)| order.user == *user);
        for (id, order) in orders.filter(|(_, order)| kept.erased && order.state.is_final()) {
            found.unless(!order.personal, 14, id, || {
                "its account is closed, and it tells who bought".to_owned()
            });
            let beginning = format!("{id}/");
            let mails = case.snapshot.mail.keys().filter(|mail| mail.starts_with(&beginning)).count();
            found.unless(mails == 0, 14, id, || {
                "its account is closed, and a mail is to be asked for".to_owned()
            });
        }
    }
}
