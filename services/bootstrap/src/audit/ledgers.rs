//! The walk over all ledgers. Each user's ledger is read when the walk over the orders meets the
//! user's first order. So each is read once, and no list of users is kept.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use anyhow::Result;
use estore_checker::stores::{Dump, Entry, Raw, Snapshot, StreamEntry};
use estore_contract::OrderId;
use redis::pipe;

use super::{
    balance::{self, Group},
    databases::{Beginning, Databases},
    index::Index,
    orders::{archived_place, order_key},
    pages::{Pages, Part},
    source::{entries, text, texts},
    tally::Tally,
    walk::LedgerSide,
};

/// The number of orders that are looked up at once.
const LOOKED_UP: usize = 1000;

/// The entries of some orders, with their users.
pub(super) type Collected = BTreeMap<OrderId, BTreeSet<(String, String)>>;

/// The purpose of a walk.
pub(super) enum Purpose<'a> {
    /// Adds all entries of orders that are in the sums.
    Add(LedgerSide<'a>),
    /// Collects user and id of the entries of orders in these groups.
    Collect(&'a BTreeSet<Group>, &'a mut Collected),
}

/// The place up to which a user's lists were read.
struct Place {
    user: String,
    /// The rank of the next order in the list of orders; `None` at its end.
    rank: Option<usize>,
    /// The start of the next range in the ledger; `None` at its end.
    from: Option<String>,
    /// The ends of both lists when the walk met them. Lists that grow faster than they are read
    /// have no other end.
    ends: (usize, String),
}

/// A walk over ledgers.
struct Walk<'a> {
    databases: &'a Databases,
    beginning: Beginning,
    archive: bool,
    purpose: Purpose<'a>,
    tally: &'a mut Tally,
}

/// Entries of ledgers, by user.
type Ledgers = Vec<(String, Vec<StreamEntry>)>;

/// Walks over the ledgers of all users who have orders. With `archive`, some orders are in the
/// archive: their entries stay, and are in no sum.
pub(super) async fn walk(
    databases: &Databases,
    beginning: Beginning,
    size: usize,
    archive: bool,
    purpose: Purpose<'_>,
    tally: &mut Tally,
) -> Result<()> {
    let mut index = Index::before(beginning.at);
    let mut walk = Walk { databases, beginning, archive, purpose, tally };
    while let Some(part) = index.next(databases, size).await? {
        let mut pages = Pages::of(users(databases, &part.ids).await?);
        while let Some(Part { lists, page, goes_on }) = pages.next() {
            if goes_on {
                databases.breathe().await;
            }
            pages.go_on(walk.read(lists, page).await?);
        }
    }
    Ok(())
}

fn user_key(user: &str, what: &str) -> String {
    format!("{{pay}}:u:{user}:{what}")
}

/// Returns the users whose first order is among these.
async fn users(databases: &Databases, ids: &[OrderId]) -> Result<Vec<Place>> {
    let mut commands = pipe();
    for id in ids {
        commands.cmd("HGET").arg(order_key(*id)).arg("user");
    }
    let mut answers = databases.payment.ask(commands).await?;
    let mut named = BTreeMap::<String, BTreeSet<String>>::new();
    for id in ids {
        if let Some(user) = text(answers.next()) {
            named.entry(user).or_default().insert(id.to_string());
        }
    }
    let mut commands = pipe();
    for user in named.keys() {
        commands.cmd("ZRANGE").arg(user_key(user, "orders")).arg(0).arg(0);
    }
    let mut answers = databases.payment.ask(commands).await?;
    let has_first = |(_, orders): &(String, BTreeSet<String>)| {
        texts(answers.next()).first().is_some_and(|first| orders.contains(first))
    };
    let users: Vec<String> = named.into_iter().filter(has_first).map(|(user, _)| user).collect();
    let mut commands = pipe();
    for user in &users {
        commands.cmd("ZCARD").arg(user_key(user, "orders"));
        commands.cmd("XREVRANGE").arg(user_key(user, "ledger")).arg("+").arg("-").arg("COUNT").arg(1);
    }
    let mut answers = databases.payment.ask(commands).await?;
    let place = |user| {
        let orders = text(answers.next()).and_then(|count| count.parse().ok()).unwrap_or_default();
        let last = entries(answers.next()).pop().map(|(id, _)| id);
        let (rank, from) = (Some(0), last.as_ref().map(|_| "-".to_owned()));
        Place { user, rank, from, ends: (orders, last.unwrap_or_default()) }
    };
    Ok(users.into_iter().map(place).collect())
}

impl Walk<'_> {
    /// Reads on in the lists of users. Returns those with more.
    async fn read(&mut self, places: Vec<Place>, page: usize) -> Result<Vec<Place>> {
        let mut commands = pipe();
        for Place { user, rank, from, ends } in &places {
            if let Some(rank) = rank {
                commands.cmd("ZRANGE").arg(user_key(user, "orders")).arg(*rank).arg(rank + page - 1);
            }
            if let Some(from) = from {
                commands.cmd("XRANGE").arg(user_key(user, "ledger"));
                commands.arg(from).arg(&ends.1).arg("COUNT").arg(page);
            }
        }
        let mut answers = self.databases.payment.ask(commands).await?;
        let (mut lists, mut ledgers, mut further) = (Vec::new(), Ledgers::new(), Vec::new());
        for Place { user, rank, from, ends } in places {
            let orders = rank.map(|_| texts(answers.next())).unwrap_or_default();
            let ledger = from.map(|_| entries(answers.next())).unwrap_or_default();
            let rank = rank.filter(|_| orders.len() == page).map(|rank| rank + page);
            let rank = rank.filter(|rank| *rank < ends.0);
            let from = ledger.last().filter(|_| ledger.len() == page).map(|(id, _)| format!("({id}"));
            if rank.is_some() || from.is_some() {
                further.push(Place { user: user.clone(), rank, from, ends });
            }
            lists.push((user.clone(), orders));
            ledgers.push((user, ledger));
        }
        self.compare(&lists).await?;
        self.take(ledgers).await?;
        Ok(further)
    }

    /// Checks equation 7: the lists have only orders of their users. They are read by ranks: if
    /// orders leave one meanwhile, some members are looked at in the next audit.
    async fn compare(&mut self, lists: &[(String, Vec<String>)]) -> Result<()> {
        let members = lists.iter().flat_map(|(user, orders)| orders.iter().map(move |member| (user, member)));
        let members: Vec<(&String, &String)> = members.collect();
        for part in members.chunks(LOOKED_UP) {
            let mut commands = pipe();
            for (_, member) in part {
                commands.cmd("HGET").arg(format!("{{pay}}:o:{member}")).arg("user");
            }
            let mut answers = self.databases.payment.ask(commands).await?;
            for (user, member) in part {
                if text(answers.next()).as_ref() != Some(*user) {
                    self.tally.doubt_list(user, member);
                }
            }
        }
        Ok(())
    }

    /// Takes entries of the ledgers of users.
    async fn take(&mut self, mut ledgers: Ledgers) -> Result<()> {
        for (_, ledger) in &mut ledgers {
            // Entries since then are of orders that changed since then, which are in no sum.
            ledger.retain(|(id, fields)| written_at(id, fields) < Some(self.beginning.at));
        }
        let gone = match self.purpose {
            Purpose::Add(_) if self.archive => archived(self.databases, &ledgers).await?,
            _ => HashSet::new(),
        };
        for (user, ledger) in ledgers {
            match &mut self.purpose {
                Purpose::Add(LedgerSide { money, ledger: balance, left_out }) => {
                    self.tally.checked.ledger_entries += u64::try_from(ledger.len())?;
                    for entry in parse(&user, ledger, self.tally) {
                        if !left_out.contains(&entry.order) && !gone.contains(&entry.order) {
                            money.add_entry(&entry);
                            balance.add(entry.order, balance::of_entry(&entry));
                        }
                    }
                }
                Purpose::Collect(groups, collected) => {
                    for (id, fields) in ledger {
                        let order = fields.get("order").and_then(|order| order.parse().ok());
                        if let Some(order) = order.filter(|order| groups.contains(&Group::of(*order))) {
                            collected.entry(order).or_default().insert((user.clone(), id));
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// Returns the time of an entry; that of its id if it does not say.
fn written_at(id: &str, fields: &BTreeMap<String, String>) -> Option<i64> {
    let own = fields.get("at").and_then(|at| at.parse().ok());
    own.or_else(|| id.split('-').next()?.parse().ok())
}

fn parse(user: &str, ledger: Vec<StreamEntry>, tally: &mut Tally) -> Vec<Entry> {
    let snapshot = Snapshot::of(&Dump::from([(user_key(user, "ledger"), Raw::Stream(ledger))]));
    for misread in &snapshot.misread {
        tally.add(11, &misread.subject, &misread.what);
    }
    snapshot.ledger
}

/// Returns those orders of the entries that are in the archive.
async fn archived(databases: &Databases, ledgers: &[(String, Vec<StreamEntry>)]) -> Result<HashSet<OrderId>> {
    let entries = ledgers.iter().flat_map(|(_, ledger)| ledger);
    let orders = entries.filter_map(|(_, fields)| fields.get("order")?.parse().ok());
    databases.archived(orders.collect()).await
}

impl Databases {
    /// Returns those of the orders that are in the archive.
    pub(super) async fn archived(&self, orders: BTreeSet<OrderId>) -> Result<HashSet<OrderId>> {
        let mut commands = pipe();
        for id in &orders {
            let (group, rest) = archived_place(*id);
            commands.cmd("HEXISTS").arg(group).arg(rest);
        }
        let mut answers = self.payment.ask(commands).await?;
        Ok(orders.into_iter().filter(|_| text(answers.next()).as_deref() == Some("1")).collect())
    }
}
