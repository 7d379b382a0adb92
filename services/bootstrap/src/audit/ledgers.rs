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
    source::{entries, text, texts},
    tally::Tally,
    walk::Sums,
};

/// The number of entries in an answer.
const PAGE: usize = 200;

/// The entries of some orders, with their users.
pub(super) type Collected = BTreeMap<OrderId, BTreeSet<(String, String)>>;

/// The purpose of a walk.
pub(super) enum Purpose<'a> {
    /// Adds all entries of orders that are in the sums.
    Add(&'a mut Sums),
    /// Collects user and id of the entries of orders in these groups.
    Collect(&'a BTreeSet<Group>, &'a mut Collected),
}

/// The user, the members of a list of orders, and entries of a ledger.
struct User {
    name: String,
    orders: Vec<String>,
    ledger: Vec<StreamEntry>,
}

/// Walks over the ledgers of all users who have orders. With `archive`, some orders are in the
/// archive: their entries stay, and are in no sum.
pub(super) async fn walk(
    databases: &Databases,
    beginning: Beginning,
    size: usize,
    archive: bool,
    mut purpose: Purpose<'_>,
    tally: &mut Tally,
) -> Result<()> {
    let mut index = Index::before(beginning.at);
    while let Some(part) = index.next(databases, size).await? {
        let (mut users, mut rank) = (users(databases, &part.ids).await?, 0);
        while !users.is_empty() {
            lists_are_right(databases, &users, tally).await?;
            let (mut further, mut ledgers) = (Vec::new(), Vec::new());
            for User { name, orders, ledger } in users {
                let last = ledger.last().map(|(id, _)| id.clone()).filter(|_| ledger.len() == PAGE);
                let has_more = orders.len() == PAGE;
                ledgers.push((name.clone(), ledger));
                if last.is_some() || has_more {
                    further.push((name, has_more, last));
                }
            }
            read(databases, beginning, ledgers, archive, &mut purpose, tally).await?;
            rank += PAGE;
            users = next(databases, further, rank).await?;
        }
    }
    Ok(())
}

fn user_key(user: &str, what: &str) -> String {
    format!("{{pay}}:u:{user}:{what}")
}

/// Returns the users whose first order is among these.
async fn users(databases: &Databases, ids: &[OrderId]) -> Result<Vec<User>> {
    let mut commands = pipe();
    for id in ids {
        commands.cmd("HGET").arg(order_key(*id)).arg("user");
    }
    let mut answers = databases.payment.ask(commands).await?;
    let named: Vec<(OrderId, String)> =
        ids.iter().filter_map(|id| Some((*id, text(answers.next())?))).collect();
    let mut commands = pipe();
    for (_, user) in &named {
        commands.cmd("ZRANGE").arg(user_key(user, "orders")).arg(0).arg(0);
    }
    let mut answers = databases.payment.ask(commands).await?;
    let first = |(id, _): &(OrderId, String)| texts(answers.next()) == [id.to_string()];
    let named: Vec<_> = named.into_iter().filter(first).collect();
    let mut commands = pipe();
    for (_, user) in &named {
        commands.cmd("ZRANGE").arg(user_key(user, "orders")).arg(0).arg(PAGE - 1);
        commands.cmd("XRANGE").arg(user_key(user, "ledger")).arg("-").arg("+").arg("COUNT").arg(PAGE);
    }
    let mut answers = databases.payment.ask(commands).await?;
    let user = |(_, name)| {
        let (orders, ledger) = (texts(answers.next()), entries(answers.next()));
        User { name, orders, ledger }
    };
    Ok(named.into_iter().map(user).collect())
}

/// Returns the next part of long lists, from a rank on, and of long ledgers, after an entry.
async fn next(
    databases: &Databases,
    long: Vec<(String, bool, Option<String>)>,
    rank: usize,
) -> Result<Vec<User>> {
    let mut commands = pipe();
    for (user, has_more, last) in &long {
        if *has_more {
            commands.cmd("ZRANGE").arg(user_key(user, "orders")).arg(rank).arg(rank + PAGE - 1);
        }
        if let Some(last) = last {
            commands.cmd("XRANGE").arg(user_key(user, "ledger"));
            commands.arg(format!("({last}")).arg("+").arg("COUNT").arg(PAGE);
        }
    }
    let mut answers = databases.payment.ask(commands).await?;
    let user = |(name, has_more, last): (String, bool, Option<String>)| User {
        name,
        orders: if has_more { texts(answers.next()) } else { Vec::new() },
        ledger: if last.is_some() { entries(answers.next()) } else { Vec::new() },
    };
    Ok(long.into_iter().map(user).collect())
}

/// Checks equation 7: the lists have only orders of their users. They are read by ranks: if orders
/// leave one meanwhile, some members are looked at in the next audit.
async fn lists_are_right(databases: &Databases, users: &[User], tally: &mut Tally) -> Result<()> {
    let members = users.iter().flat_map(|user| user.orders.iter().map(move |member| (&user.name, member)));
    let members: Vec<(&String, &String)> = members.collect();
    for part in members.chunks(PAGE) {
        let mut commands = pipe();
        for (_, member) in part {
            commands.cmd("HGET").arg(format!("{{pay}}:o:{member}")).arg("user");
        }
        let mut answers = databases.payment.ask(commands).await?;
        for (user, member) in part {
            if text(answers.next()).as_ref() != Some(*user) {
                tally.doubt_list(user, member);
            }
        }
    }
    Ok(())
}

/// Reads entries of the ledgers of users.
async fn read(
    databases: &Databases,
    beginning: Beginning,
    mut ledgers: Vec<(String, Vec<StreamEntry>)>,
    archive: bool,
    purpose: &mut Purpose<'_>,
    tally: &mut Tally,
) -> Result<()> {
    for (_, ledger) in &mut ledgers {
        // Entries since then are of orders that changed since then, which are in no sum.
        ledger.retain(|(id, fields)| written_at(id, fields) < Some(beginning.at));
    }
    let gone = match purpose {
        Purpose::Add(_) if archive => archived(databases, &ledgers).await?,
        _ => HashSet::new(),
    };
    for (user, ledger) in ledgers {
        match purpose {
            Purpose::Add(sums) => {
                tally.checked.ledger_entries += u64::try_from(ledger.len())?;
                for entry in parse(&user, ledger, tally) {
                    if !sums.left_out.contains(&entry.order) && !gone.contains(&entry.order) {
                        sums.money.add_entry(&entry);
                        sums.ledger.add(entry.order, balance::of_entry(&entry));
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
