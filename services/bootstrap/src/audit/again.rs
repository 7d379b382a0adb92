//! The second look at orders: those that were in progress or changed, and those with a finding. A
//! finding counts if two readings of an order are equal, and both show it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use anyhow::Result;
use estore_checker::{
    Violation,
    stores::{Raw, StreamEntry},
};
use estore_contract::OrderId;
use redis::pipe;
use tokio::time::sleep;

use super::{
    databases::{Databases, JOURNAL, last_id, last_of_journal},
    journal::Journal,
    judge::{Books, judge},
    ledgers::Collected,
    orders::{MoreRefunds, Reading},
    source::entries,
    tally::Tally,
};

/// The number of orders that are read at once.
const AT_ONCE: usize = 100;
/// The number of times that an order is read, at most, and the pause between.
const ROUNDS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(250);
/// The number of ledger entries in an answer.
const PAGE: usize = 200;
/// The number of unsettled orders that a remark names.
const NAMED: usize = 5;

/// Reads these orders, each with its entries in ledger and journal, until it is known what counts.
/// The journal watches them.
pub(super) async fn look(
    databases: &Databases,
    orders: &BTreeSet<OrderId>,
    more: &MoreRefunds,
    journal: &mut Journal,
    tally: &mut Tally,
) -> Result<()> {
    let mut left: Vec<OrderId> = orders.iter().copied().collect();
    tally.read_again += u64::try_from(left.len())?;
    let mut before = BTreeMap::<OrderId, (Reading, Vec<Violation>)>::new();
    for round in 0..ROUNDS {
        if left.is_empty() {
            break;
        }
        if round > 0 {
            sleep(PAUSE).await;
        }
        let mut doubtful = Vec::new();
        for part in left.chunks(AT_ONCE) {
            databases.breathe().await;
            for reading in read(databases, part, more, journal, &tally.collected).await? {
                if reading.archived {
                    continue;
                }
                let id = reading.id;
                let verdict = judge(&reading, Books::Read, databases.books.is_some());
                if verdict.violations.is_empty() {
                    verdict.alarms.into_iter().for_each(|alarm| tally.alarm(alarm));
                    continue;
                }
                let now = (reading, verdict.violations);
                if before.get(&id) == Some(&now) {
                    tally.add_all(&now.1);
                } else {
                    before.insert(id, now);
                    doubtful.push(id);
                }
            }
        }
        left = doubtful;
    }
    if !left.is_empty() {
        let named: Vec<String> = left.iter().take(NAMED).map(ToString::to_string).collect();
        tally.remarks.push(format!(
            "{} orders changed each time that they were read, so that a finding about them is open: {}",
            left.len(),
            named.join(", ")
        ));
    }
    Ok(())
}

/// Reads orders, then their ledgers, then what the journal has since.
async fn read(
    databases: &Databases,
    ids: &[OrderId],
    more: &MoreRefunds,
    journal: &mut Journal,
    collected: &Collected,
) -> Result<Vec<Reading>> {
    let mut readings = databases.orders(ids, more).await?;
    ledgers(databases, &mut readings, collected).await?;
    let end = last_id(databases.inventory.one(last_of_journal()).await?);
    journal.follow(databases, end).await?;
    for reading in &mut readings {
        if let Some(entries) = journal.watched.get(&reading.id).filter(|entries| !entries.is_empty()) {
            reading.dump.insert(JOURNAL.to_owned(), Raw::Stream(entries.clone()));
        }
    }
    Ok(readings)
}

/// A range of a ledger to read.
struct Range {
    /// The number of the reading.
    of: usize,
    user: String,
    from: String,
    to: String,
}

/// Adds the entries about each order: those in the ledger of its user since its creation, and those
/// that were found elsewhere.
async fn ledgers(databases: &Databases, readings: &mut [Reading], collected: &Collected) -> Result<()> {
    let mut ranges = Vec::new();
    for (of, reading) in readings.iter().enumerate() {
        if let Some(user) = reading.field("user") {
            let created = reading.field("created_at").filter(|at| at.parse::<u64>().is_ok());
            let from = created.unwrap_or("-").to_owned();
            ranges.push(Range { of, user: user.to_owned(), from, to: "+".to_owned() });
        }
        for (user, id) in collected.get(&reading.id).into_iter().flatten() {
            ranges.push(Range { of, user: user.clone(), from: id.clone(), to: id.clone() });
        }
    }
    let mut found = BTreeMap::<(usize, String), BTreeMap<String, BTreeMap<String, String>>>::new();
    while !ranges.is_empty() {
        let mut commands = pipe();
        for Range { user, from, to, .. } in &ranges {
            commands.cmd("XRANGE").arg(format!("{{pay}}:u:{user}:ledger"));
            commands.arg(from).arg(to).arg("COUNT").arg(PAGE);
        }
        let mut answers = databases.payment.ask(commands).await?;
        let mut further = Vec::new();
        for range in ranges {
            let page: Vec<StreamEntry> = entries(answers.next());
            let last = page.last().map(|(id, _)| format!("({id}")).filter(|_| page.len() == PAGE);
            let Some(reading) = readings.get(range.of) else { continue };
            let order = reading.id.to_string();
            let own = page.into_iter().filter(|(_, fields)| fields.get("order") == Some(&order));
            found.entry((range.of, range.user.clone())).or_default().extend(own);
            further.extend(last.map(|from| Range { from, ..range }));
        }
        ranges = further;
    }
    for ((of, user), entries) in found {
        if let Some(reading) = readings.get_mut(of).filter(|_| !entries.is_empty()) {
            let entries = entries.into_iter().collect();
            reading.dump.insert(format!("{{pay}}:u:{user}:ledger"), Raw::Stream(entries));
        }
    }
    Ok(())
}

/// Looks at each finding about users until two looks are equal, or it is gone.
pub(super) async fn settle_doubts(databases: &Databases, tally: &mut Tally) -> Result<()> {
    let mut left = std::mem::take(&mut tally.doubts);
    let mut before = BTreeMap::new();
    for round in 0..ROUNDS {
        if left.is_empty() {
            break;
        }
        if round > 0 {
            sleep(PAUSE).await;
        }
        let mut doubtful = BTreeSet::new();
        for doubt in left {
            let look = doubt.look(databases).await?;
            if look.violations.is_empty() {
                continue;
            }
            if before.get(&doubt) == Some(&look) {
                tally.add_all(&look.violations);
            } else {
                before.insert(doubt.clone(), look);
                doubtful.insert(doubt);
            }
        }
        left = doubtful;
    }
    Ok(())
}
