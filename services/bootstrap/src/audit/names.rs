//! The names in the stores: keys and members of sets that no order of the index explains.

use std::collections::BTreeSet;

use anyhow::Result;
use estore_contract::{OrderId, Sku, UserId};
use redis::pipe;

use super::{
    databases::Databases,
    doubts::{Doubt, Look},
    orders::{MoreRefunds, order_key},
    sample::{self, Sample},
    scan::{Kind, Scan},
    source::{Source, text},
    tally::Tally,
    users,
};

/// The number of accounts that are read at once.
const ACCOUNTS: usize = 100;

/// The names that were found.
pub(super) struct Names {
    /// Orders that the index does not list, and others that are looked at one by one.
    pub(super) strays: Sample,
    /// Refunds that their orders do not count.
    pub(super) more: MoreRefunds,
    /// Products.
    pub(super) skus: BTreeSet<Sku>,
    /// True if there are archived orders.
    pub(super) archive: bool,
}

/// The order and the refund that a name is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct About {
    order: OrderId,
    refund: Option<i64>,
}

/// Returns the order of a text, if it is written as the functions write it.
pub(super) fn order_of(text: &str) -> Option<OrderId> {
    text.parse::<OrderId>().ok().filter(|id| id.to_string() == text)
}

fn number_of(text: &str) -> Option<i64> {
    text.parse::<i64>().ok().filter(|n| *n > 0 && n.to_string() == text)
}

impl About {
    fn order(text: &str) -> Option<Self> {
        Some(Self { order: order_of(text)?, refund: None })
    }

    /// Parses a task: `<order>` or `<order>/<n>`.
    fn task(text: &str) -> Option<Self> {
        match text.split_once('/') {
            None => Self::order(text),
            Some((order, n)) => Some(Self { order: order_of(order)?, refund: Some(number_of(n)?) }),
        }
    }

    /// Parses an email: `<order>/confirmed` or `<order>/refunded/<n>`.
    fn email(text: &str) -> Option<Self> {
        let (order, rest) = text.split_once('/')?;
        let refund = match rest.split_once('/') {
            None => return Self::order(order).filter(|_| rest == "confirmed"),
            Some((word, n)) => number_of(n).filter(|_| word == "refunded")?,
        };
        Some(Self { order: order_of(order)?, refund: Some(refund) })
    }
}

/// Returns the thing that a member of a set is about.
type Parse = fn(&str) -> Option<About>;

/// Reads all names.
pub(super) async fn read(databases: &Databases, tally: &mut Tally) -> Result<Names> {
    let mut names = Names {
        strays: Sample::of(sample::SUSPECTS),
        more: MoreRefunds::new(),
        skus: BTreeSet::new(),
        archive: false,
    };
    names.keys(databases, &databases.payment, tally).await?;
    if let Some(books) = databases.books.as_ref().filter(|_| databases.books_apart) {
        names.keys(databases, books, tally).await?;
    }
    names.keys(databases, &databases.inventory, tally).await?;
    let Databases { payment, inventory, .. } = databases;
    let sets: [(_, _, _, Parse, _, _); 5] = [
        (payment, "{pay}:open", Kind::Set, About::order, 7, "it stands in the open orders, and names none"),
        (payment, "{pay}:work", Kind::Set, About::task, 7, "it is in the work set, and names no task"),
        (payment, "{pay}:mail", Kind::Set, About::email, 7, "a mail is to be asked for of nothing"),
        (payment, "{pay}:views", Kind::Hash, About::order, 8, "it is shown, and names no order"),
        (inventory, "{inv}:due", Kind::Set, About::order, 2, "it is due, and names no reservation"),
    ];
    for (source, key, kind, parse, equation, what) in sets {
        let mut scan = Scan::members(key, kind);
        while let Some(members) = scan.next(source).await? {
            names.members(databases, &members, parse, (equation, what), tally).await?;
        }
    }
    if let Some(books) = &databases.books {
        let mut scan = Scan::members("{gw}:payments", Kind::Set);
        while let Some(members) = scan.next(books).await? {
            let what = (5, "it is in the gateway's list, and names no order");
            names.members(databases, &members, About::order, what, tally).await?;
        }
    }
    Ok(names)
}

impl Names {
    /// Reads the keys of a database.
    async fn keys(&mut self, databases: &Databases, source: &Source, tally: &mut Tally) -> Result<()> {
        let mut scan = Scan::keys();
        while let Some(keys) = scan.next(source).await? {
            databases.breathe().await;
            let (mut about, mut of_users) = (BTreeSet::new(), users::Keys::default());
            for key in &keys {
                let parts: Vec<&str> = key.split(':').collect();
                let order = match parts.as_slice() {
                    ["{pay}", "archived", _] => {
                        self.archive = true;
                        continue;
                    }
                    ["{pay}", "o", id, "r", n, ..] => {
                        number_of(n).zip(order_of(id)).map(|(n, order)| About { order, refund: Some(n) })
                    }
                    // The hash of the keys of refunds: an order without refunds has none.
                    ["{pay}", "o", id, "keys"] => order_of(id).map(|order| About { order, refund: Some(1) }),
                    ["{pay}", "o", id, ..] | ["{gw}", "p", id] | ["{inv}", "r", id] => About::order(id),
                    ["{pay}", "u", user, what] => {
                        if !of_users.note(user, what) {
                            tally.add(11, key, "has no such name");
                        }
                        continue;
                    }
                    ["{pay}", "m", card] => {
                        of_users.cards.insert((*card).to_owned());
                        continue;
                    }
                    ["{inv}", "p", sku] => {
                        match sku.parse() {
                            Ok(sku) => drop(self.skus.insert(sku)),
                            Err(_) => tally.add(11, key, "has no such name"),
                        }
                        continue;
                    }
                    _ => continue,
                };
                match order {
                    Some(order) => drop(about.insert(order)),
                    None => tally.add(11, key, "has no such name"),
                }
            }
            self.look(databases, about).await?;
            self.users(databases, &of_users, tally).await?;
        }
        Ok(())
    }

    async fn members(
        &mut self,
        databases: &Databases,
        members: &[String],
        parse: fn(&str) -> Option<About>,
        (equation, what): (u8, &str),
        tally: &mut Tally,
    ) -> Result<()> {
        databases.breathe().await;
        for member in members.iter().filter(|member| parse(member).is_none()) {
            tally.add(equation, member, what);
        }
        self.look(databases, members.iter().filter_map(|member| parse(member)).collect()).await
    }

    /// Notes those orders that the index does not list, and those refunds that no order counts.
    async fn look(&mut self, databases: &Databases, about: BTreeSet<About>) -> Result<()> {
        let mut commands = pipe();
        for About { order, refund } in &about {
            match refund {
                None => commands.cmd("ZSCORE").arg("{pay}:orders").arg(order.to_string()),
                Some(_) => commands.cmd("HGET").arg(order_key(*order)).arg("refunds"),
            };
        }
        let mut answers = databases.payment.ask(commands).await?;
        let mut unexplained = Vec::new();
        for About { order, refund } in about {
            let answer = text(answers.next());
            let explained = match refund {
                None => answer.is_some(),
                Some(n) => answer.and_then(|last| last.parse().ok()) >= Some(n),
            };
            if !explained {
                unexplained.push((order, refund));
            }
        }
        // The gateway's books keep the payments of archived orders.
        let orders = unexplained.iter().map(|(order, _)| *order).collect();
        let gone = databases.archived(orders).await?;
        for (order, refund) in unexplained.into_iter().filter(|(order, _)| !gone.contains(order)) {
            if self.strays.add(order) {
                self.more.entry(order).or_default().extend(refund);
            }
        }
        Ok(())
    }

    async fn users(&mut self, databases: &Databases, keys: &users::Keys, tally: &mut Tally) -> Result<()> {
        for (user, card) in users::unlisted_cards(databases, keys, tally).await? {
            tally.doubt(Doubt::Card { user, card });
        }
        tally.closed += keys.closed;
        let accounts: Vec<_> = users::to_look_at(databases, keys).await?.into_iter().collect();
        for part in accounts.chunks(ACCOUNTS) {
            let named: Vec<_> = part.iter().map(|user| (*user, None)).collect();
            for (user, dump) in part.iter().zip(users::accounts(databases, &named).await?) {
                if !Look::of(&dump).violations.is_empty() {
                    tally.doubt(Doubt::Account(*user));
                }
            }
        }
        for user in users::with_wrong_first_order(databases, keys).await? {
            self.look_at_orders(databases, user, tally).await?;
        }
        for (user, member) in users::open_elsewhere(databases, keys).await? {
            tally.doubt(Doubt::List { user, member, open: true });
        }
        Ok(())
    }

    /// Looks at a user whom the walk over all orders does not meet. The orders in the ledger are
    /// looked at one by one.
    async fn look_at_orders(&mut self, databases: &Databases, user: UserId, tally: &mut Tally) -> Result<()> {
        let mut members = Scan::members(&format!("{{pay}}:u:{user}:orders"), Kind::Set);
        while let Some(members) = members.next(&databases.payment).await? {
            for member in members {
                tally.doubt(Doubt::List { user: user.to_string(), member, open: false });
            }
        }
        let named = users::entries_of(databases, user).await?;
        let gone = databases.archived(named.keys().copied().collect()).await?;
        for (order, entries) in named.into_iter().filter(|(order, _)| !gone.contains(order)) {
            if self.strays.add(order) {
                let kept = tally.collected.entry(order).or_default();
                kept.extend(entries.into_iter().map(|id| (user.to_string(), id)));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01";

    #[test]
    fn task_and_email_name_order_and_refund() {
        let order = order_of(ID).unwrap();
        let about = |refund| Some(About { order, refund });
        assert_eq!(About::task(ID), about(None));
        assert_eq!(About::task(&format!("{ID}/2")), about(Some(2)));
        assert_eq!(About::email(&format!("{ID}/confirmed")), about(None));
        assert_eq!(About::email(&format!("{ID}/refunded/3")), about(Some(3)));
    }

    #[test]
    fn other_spelling_names_nothing() {
        for wrong in
            [format!("{ID}x"), ID.to_uppercase(), format!("{ID}/02"), format!("{ID}/"), String::new()]
        {
            assert_eq!(About::task(&wrong), None, "{wrong}");
        }
        for wrong in [ID.to_owned(), format!("{ID}/cancelled"), format!("{ID}/refunded/x")] {
            assert_eq!(About::email(&wrong), None, "{wrong}");
        }
    }
}
