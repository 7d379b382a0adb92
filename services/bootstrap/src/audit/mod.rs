//! The audit: the equations of order-flow section 6 that the stores alone show, checked on a shop
//! that runs. It only reads, in parts that take Redis a few milliseconds at most.
//!
//! Its memory does not grow with the number of orders. It keeps sums by product and by currency,
//! two tables of fixed size, and two parts of orders. It also keeps the ids of orders that are in
//! progress or changed meanwhile. Everything that it finds, it reads again before it counts.

mod again;
mod balance;
mod databases;
mod doubts;
mod index;
mod journal;
mod judge;
mod ledgers;
mod names;
mod orders;
mod products;
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
use estore_contract::{OrderId, audit::AuditReport};
use tokio::time::Instant;

use balance::Group;
use databases::{Beginning, Databases};
use index::Index;
use journal::Journal;
use ledgers::{Collected, Purpose};
use names::Names;
use tally::Tally;
use walk::Sums;

pub use text::text;

/// The most groups of orders that are looked at because their sums are off.
const MOST_GROUPS: usize = 2000;
/// The number of offenders for an equation in the report that stays in Redis.
const KEPT: usize = 20;

/// The options of an audit.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The number of orders in a part.
    pub slice: u16,
    /// The pause before each part.
    pub pause: Duration,
    /// The time after its end within which the next audit must end.
    pub next_within: Option<Duration>,
}

/// Checks all equations, and leaves the report in Redis.
pub async fn run(env: &Env, options: Options) -> Result<AuditReport> {
    let databases = Databases::open(env, options.pause)?;
    let (started_at, began) = (SystemClock.now(), Instant::now());
    let mut tally = Tally::default();
    examine(&databases, usize::from(options.slice), &mut tally).await?;
    tally.close();
    let report = AuditReport {
        started_at,
        finished_at: SystemClock.now(),
        took_ms: u64::try_from(began.elapsed().as_millis())?,
        next_within_seconds: options.next_within.map(|within| within.as_secs()),
        checked: tally.checked,
        read_again: tally.read_again,
        equations: tally.equations(),
        remarks: tally.remarks,
    };
    databases.leave(&serde_json::to_string(&brief(&report))?).await?;
    Ok(report)
}

/// Returns the report with so few offenders that Redis keeps many reports.
fn brief(report: &AuditReport) -> AuditReport {
    let mut brief = report.clone();
    for equation in &mut brief.equations {
        equation.offenders.truncate(KEPT);
    }
    brief
}

async fn examine(databases: &Databases, slice: usize, tally: &mut Tally) -> Result<()> {
    let beginning = databases.begin().await?;
    let names = names::read(databases, tally).await?;
    let moments = products::read(databases, &names.skus).await?;
    stock::bounds(&moments, tally);
    let mut sums = walk::walk(databases, beginning, slice, &names.strays, tally).await?;
    let add = Purpose::Add(&mut sums);
    ledgers::walk(databases, beginning, slice, names.archive, add, tally).await?;

    let mut journal = Journal::default();
    let one_by_one = sums.left_out.iter().chain(&sums.suspects).chain(&names.strays).copied();
    let mut orders: BTreeSet<OrderId> = one_by_one.collect();
    journal.watch(orders.iter().copied());
    let differ =
        stock::replay(databases, beginning, names.archive, moments, &mut journal, &mut sums, tally).await?;
    tally.checked.journal = journal.read;

    orders.extend(sums.suspects.iter());
    orders.extend(unbalanced(databases, beginning, slice, &sums, &mut journal, tally).await?);
    journal.watch_more(databases, &orders, &BTreeSet::new()).await?;
    again::look(databases, &orders, &names.more, &mut journal, tally).await?;
    again::settle_doubts(databases, tally).await?;
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
    for groups in [&mut ledger, &mut stock] {
        let count = groups.len();
        if count > MOST_GROUPS {
            *groups = groups.iter().take(MOST_GROUPS).copied().collect();
            tally.remarks.push(format!(
                "{count} groups of orders do not agree with the ledger or the journal; {MOST_GROUPS} were looked at"
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

/// Checks the sums of equation 6. If they differ, the walk is repeated. An order that moved to the
/// archive meanwhile can make one difference, and so can a step of the server's clock. Neither
/// makes two equal ones.
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
        let mut sums = walk::walk(databases, beginning, slice, &names.strays, &mut scratch).await?;
        let add = Purpose::Add(&mut sums);
        ledgers::walk(databases, beginning, slice, names.archive, add, &mut scratch).await?;
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
