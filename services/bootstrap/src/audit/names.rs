//! The names in the stores: keys and members of sets that no order of the index explains.

use std::collections::BTreeSet;

use anyhow::Result;
use estore_contract::{Sku, UserId};
use redis::pipe;

use super::{
    about::{About, number_of, order_of},
    beside::Beside,
    databases::Databases,
    doubts::{Doubt, Look},
    orders::{MoreRefunds, order_key},
    sample::{self, Sample},
    scan::{Kind, Scan},
    source::{Source, text, values},
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

/// A set or a hash whose members name orders.
struct Set<'a> {
    source: &'a Source,
    key: &'static str,
    kind: Kind,
    /// Returns the thing that a member is about.
    parse: fn(&str) -> Option<About>,
    /// The equation that a member violates if it is about nothing, and how.
    wrong: (u8, &'static str),
}

fn sets(databases: &Databases) -> impl Iterator<Item = Set<'_>> {
    let Databases { payment, inventory, books, .. } = databases;
    let set = |source, key, parse, wrong| Set { source, key, kind: Kind::Set, parse, wrong };
    let open = (7, "it stands in the open orders, and names none");
    let work = (7, "it is in the work set, and names no task");
    let mail = (7, "a mail is to be asked for of nothing");
    let views = (8, "it is shown, and names no order");
    let due = (2, "it is due, and names no reservation");
    let booked = (5, "it is in the gateway's list, and names no order");
    let sets = [
        set(payment, "{pay}:open", About::order, open),
        set(payment, "{pay}:work", About::task, work),
        set(payment, "{pay}:mail", About::email, mail),
        Set { kind: Kind::Hash, ..set(payment, "{pay}:views", About::order, views) },
        set(inventory, "{inv}:due", About::order, due),
    ];
    let books = books.iter().map(move |books| set(books, "{gw}:payments", About::order, booked));
    sets.into_iter().chain(books)
}

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
    for set in sets(databases) {
        names.members(databases, &set, tally).await?;
    }
    Ok(names)
}

impl Names {
    /// Reads the keys of a database.
    async fn keys(&mut self, databases: &Databases, source: &Source, tally: &mut Tally) -> Result<()> {
        let (mut scan, mut looks) = (Scan::keys(), Beside::new());
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
            self.note(looks.begin(unexplained(databases.clone(), about)).await?);
            self.users(databases, &of_users, tally).await?;
        }
        self.rest(looks).await
    }

    /// Reads the members of a set or a hash.
    async fn members(&mut self, databases: &Databases, set: &Set<'_>, tally: &mut Tally) -> Result<()> {
        let Set { source, key, kind, parse, wrong: (equation, what) } = *set;
        let (mut scan, mut looks) = (Scan::members(key, kind), Beside::new());
        while let Some(members) = scan.next(source).await? {
            databases.breathe().await;
            for member in members.iter().filter(|member| parse(member).is_none()) {
                tally.add(equation, member, what);
            }
            let about = members.iter().filter_map(|member| parse(member)).collect();
            self.note(looks.begin(unexplained(databases.clone(), about)).await?);
        }
        self.rest(looks).await
    }

    fn note(&mut self, unexplained: Option<Vec<About>>) {
        for About { order, refund } in unexplained.into_iter().flatten() {
            if self.strays.add(order) {
                self.more.entry(order).or_default().extend(refund);
            }
        }
    }

    async fn rest(&mut self, mut looks: Beside<Vec<About>>) -> Result<()> {
        while let Some(unexplained) = looks.next().await? {
            self.note(Some(unexplained));
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

/// Returns those things that no order of the index explains: orders that it does not list, and
/// refunds that no order counts.
async fn unexplained(databases: Databases, about: BTreeSet<About>) -> Result<Vec<About>> {
    let (mut refunds, mut orders): (Vec<About>, Vec<About>) =
        about.into_iter().partition(|about| about.refund.is_some());
    let mut commands = pipe();
    if !orders.is_empty() {
        let names: Vec<String> = orders.iter().map(|about| about.order.to_string()).collect();
        commands.cmd("ZMSCORE").arg("{pay}:orders").arg(names);
    }
    for About { order, .. } in &refunds {
        commands.cmd("HGET").arg(order_key(*order)).arg("refunds");
    }
    let mut answers = databases.payment.ask(commands).await?;
    if !orders.is_empty() {
        let mut scores = values(answers.next()).into_iter();
        orders.retain(|_| scores.next().flatten().is_none());
    }
    refunds.retain(|about| text(answers.next()).and_then(|last| last.parse().ok()) < about.refund);
    let mut about = [orders, refunds].concat();
    // The gateway's books keep the payments of archived orders.
    let gone = databases.archived(about.iter().map(|about| about.order).collect()).await?;
    about.retain(|about| !gone.contains(&about.order));
    Ok(about)
}
