//! Equation 14, its other half: of an account that was closed nothing is left that tells who it was.

use std::collections::BTreeSet;

use super::{Findings, case::Case};
use crate::stores::State;

/// 14: no card is left from the first step of closing on; and once the last is done, no order that is final tells who bought, and nobody
/// is to be told of one.
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
