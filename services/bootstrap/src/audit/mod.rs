//! The audit: the equations of order-flow section 6 that the stores alone show, checked on a shop
//! that runs. It only reads, in parts that take Redis a few milliseconds at most.
//!
//! Its memory does not grow with the number of orders. It keeps sums by product and by currency,
//! two tables of fixed size, and the four parts of orders that are read at once. It also keeps the
//! ids of orders that are in progress or changed meanwhile. Everything that it finds, it reads
//! again before it counts. If that is very much, it does so for a part, and says so.

mod about;
mod again;
mod balance;
mod beside;
mod databases;
mod doubts;
mod entries;
mod failed;
mod index;
mod journal;
mod judge;
mod ledgers;
mod names;
mod orders;
mod pages;
mod products;
mod report;
mod sample;
mod scan;
mod source;
mod stock;
mod tally;
mod text;
mod users;
mod walk;

use std::{collections::BTreeSet, time::Duration};

use anyhow::Result;
use estore_base::{
    clock::{Clock, SystemClock},
    config::Env,
};
use estore_contract::{
    OrderId,
    audit::{AuditReport, Checked},
};
use tokio::time::Instant;

use balance::{GROUPS, Group};
use databases::{Beginning, Databases};
use index::Index;
use journal::Journal;
use ledgers::{Collected, Purpose};
use names::Names;
use stock::Replayed;
use tally::Tally;
use walk::Sums;

pub use report::leave;
pub use text::text;

/// The most groups of orders that are looked at because their sums are off.
const MOST_GROUPS: usize = 2000;
/// The most orders, entries and movements in all of these groups together.
const MOST_IN_GROUPS: u64 = 10_000;

/// The options of an audit.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The number of orders in a part.
    pub slice: u16,
    /// The pause before each part.
    pub pause: Duration,
    /// The time after its end within which the next audit must end; none if it is 0. Without it,
    /// the schedule of the last report stays.
    pub next_within: Option<Duration>,
}

/// Checks all equations.
pub async fn run(env: &Env, options: Options) -> Result<AuditReport> {
    let databases = Databases::open(env, options.pause)?;
    let (started_at, began) = (SystemClock.now(), Instant::now());
    let mut tally = Tally::default();
    examine(&databases, usize::from(options.slice), &mut tally).await?;
    tally.close();
    let next_within_seconds = match options.next_within {
        Some(within) => Some(within.as_secs()).filter(|seconds| *seconds > 0),
        None => report::last(&databases).await?.and_then(|last| last.next_within_seconds),
    };
    Ok(AuditReport {
        started_at,
        finished_at: SystemClock.now(),
        took_ms: u64::try_from(began.elapsed().as_millis())?,
        next_within_seconds,
        checked: tally.checked,
        read_again: tally.read_again,
        equations: tally.equations(),
        remarks: tally.remarks,
    })
}

async fn examine(databases: &Databases, slice: usize, tally: &mut Tally) -> Result<()> {
    let beginning = databases.begin().await?;
    let names = names::read(databases, tally).await?;
    failed::read(databases, tally).await?;
    let moments = products::read(databases, &names.skus).await?;
    stock::bounds(&moments, tally);
    let strays = names.strays.orders();
    let mut sums = walk::walk(databases, beginning, slice, strays, tally).await?;

    let mut journal = Journal::default();
    let mut orders: BTreeSet<OrderId> = sums.again().chain(strays.iter().copied()).collect();
    journal.watch(orders.iter().copied());
    // Both take much CPU, and so are two tasks.
    let (archive, of_journal) = (names.archive, sums.take_journal_side());
    let replay = stock::replay(databases.clone(), beginning, archive, moments, journal, of_journal);
    let replay = tokio::spawn(replay);
    let add = Purpose::Add(sums.ledger_side());
    ledgers::walk(databases, beginning, slice, archive, add, tally).await?;
    let Replayed { mut journal, sums: of_journal, findings, differ } = replay.await??;
    sums.put_back(of_journal);
    tally.take_findings(findings);
    tally.checked.journal = journal.read;

    orders.extend(sums.suspects.orders());
    orders.extend(unbalanced(databases, beginning, slice, &sums, &mut journal, tally).await?);
    journal.watch_more(databases, &orders, &BTreeSet::new()).await?;
    again::look(databases, &orders, &names.more, &mut journal, tally).await?;
    again::settle_doubts(databases, tally).await?;
    tally.remarks.extend(sums.remarks().chain(names.strays.remark("are in no list of orders")));
    stock::settle(databases, &differ, &mut journal, tally).await?;
    money(databases, slice, &names, sums, tally).await?;
    if databases.books.is_none() {
        tally.remarks.push("the gateway's books are not in Redis, and were not compared".to_owned());
    }
    Ok(())
}

/// Returns the orders whose entries in the ledger or the journal are not those that they must have.
async fn unbalanced(
    databases: &Databases,
    beginning: Beginning,
    slice: usize,
    sums: &Sums,
    journal: &mut Journal,
    tally: &mut Tally,
) -> Result<BTreeSet<OrderId>> {
    let mut orders = BTreeSet::new();
    let (mut ledger, mut stock) = (sums.ledger.off(), sums.journal.off());
    let most = most_groups(&tally.checked);
    for groups in [&mut ledger, &mut stock] {
        let count = groups.len();
        if count > most {
            *groups = groups.iter().take(most).copied().collect();
            tally.remarks.push(format!(
                "{count} groups of orders do not agree with the ledger or the journal; {most} were looked at"
            ));
        }
    }
    let groups: BTreeSet<Group> = ledger.union(&stock).copied().collect();
    if groups.is_empty() {
        return Ok(orders);
    }
    let mut index = Index::before(beginning.at);
    while let Some(part) = index.next(databases, slice).await? {
        orders.extend(part.ids.into_iter().filter(|id| groups.contains(&Group::of(*id))));
    }
    if !ledger.is_empty() {
        let mut collected = Collected::new();
        let collect = Purpose::Collect(&ledger, &mut collected);
        ledgers::walk(databases, beginning, slice, false, collect, &mut Tally::default()).await?;
        for (order, entries) in collected {
            orders.insert(order);
            tally.collected.entry(order).or_default().extend(entries);
        }
    }
    if !stock.is_empty() {
        let before: BTreeSet<OrderId> = journal.watched.keys().copied().collect();
        journal.watch_more(databases, &orders, &stock).await?;
        orders.extend(journal.watched.keys().filter(|id| !before.contains(id)));
    }
    Ok(orders)
}

/// Returns the most groups to look at. All are of about equal size: together, those looked at have
/// [`MOST_IN_GROUPS`] orders, entries and movements.
fn most_groups(checked: &Checked) -> usize {
    let all = checked.orders.saturating_add(checked.ledger_entries).saturating_add(checked.journal);
    let fit = MOST_IN_GROUPS * GROUPS / all.max(1);
    usize::try_from(fit).unwrap_or(MOST_GROUPS).clamp(1, MOST_GROUPS)
}

/// Checks the sums of equation 6. If they differ, the walk is repeated. An order that moved to the
/// archive meanwhile can make one difference, and so can a step of the server's clock. Neither
/// makes two equal ones. The first archive may have begun since the names were read.
async fn money(
    databases: &Databases,
    slice: usize,
    names: &Names,
    sums: Sums,
    tally: &mut Tally,
) -> Result<()> {
    let mut before = sums.money;
    for _ in 0..2 {
        if before.differences().is_empty() {
            return Ok(());
        }
        let beginning = databases.begin().await?;
        let mut scratch = Tally::default();
        let mut sums = walk::walk(databases, beginning, slice, names.strays.orders(), &mut scratch).await?;
        let add = Purpose::Add(sums.ledger_side());
        ledgers::walk(databases, beginning, slice, true, add, &mut scratch).await?;
        if sums.money.differences() == before.differences() {
            let mut found = estore_checker::Findings::default();
            sums.money.compare(&mut found);
            tally.add_all(&found.violations);
            return Ok(());
        }
        before = sums.money;
    }
    tally.remarks.push("the sums of money differed each time that they were read".to_owned());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn larger_shops_have_fewer_groups_looked_at() {
        let of = |orders| most_groups(&Checked { orders, ..Checked::default() });
        assert_eq!([0, 1000, 1 << 20, u64::MAX].map(of), [2000, 2000, 625, 1]);
    }
}
