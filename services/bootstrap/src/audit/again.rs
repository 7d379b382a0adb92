//! The second look at orders: those that were in progress or changed, and those with a finding. A
//! finding counts if two readings of an order are equal, and both show it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use anyhow::Result;
use estore_checker::{Violation, stores::Raw};
use estore_contract::OrderId;
use tokio::time::sleep;

use super::{
    databases::{Databases, JOURNAL, last_id, last_of_journal},
    entries,
    journal::Journal,
    judge::{Books, judge},
    ledgers::Collected,
    orders::{MoreRefunds, Reading},
    tally::Tally,
};

/// The number of orders that are read at once.
const AT_ONCE: usize = 100;
/// The number of times that an order is read, at most, and the pause between.
const ROUNDS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(250);
/// The number of orders whose readings are kept at once.
const BATCH: usize = 500;
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
    let orders: Vec<OrderId> = orders.iter().copied().collect();
    tally.read_again += u64::try_from(orders.len())?;
    let mut open = Vec::new();
    for batch in orders.chunks(BATCH) {
        open.extend(settle(databases, batch, more, journal, tally).await?);
    }
    if !open.is_empty() {
        let named: Vec<String> = open.iter().take(NAMED).map(ToString::to_string).collect();
        tally.remarks.push(format!(
            "{} orders changed each time that they were read, so that a finding about them is open: {}",
            open.len(),
            named.join(", ")
        ));
    }
    Ok(())
}

/// Reads the orders of a batch until two readings of each are equal, or it has no finding. Returns
/// those that changed each time.
async fn settle(
    databases: &Databases,
    batch: &[OrderId],
    more: &MoreRefunds,
    journal: &mut Journal,
    tally: &mut Tally,
) -> Result<Vec<OrderId>> {
    let mut left = batch.to_vec();
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
                    verdict.alarms.iter().for_each(|alarm| tally.alarm(alarm));
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
    Ok(left)
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
    entries::add(databases, &mut readings, collected).await?;
    let end = last_id(databases.inventory.one(last_of_journal()).await?);
    journal.follow(databases, end).await?;
    for reading in &mut readings {
        if let Some(entries) = journal.watched.get(&reading.id).filter(|entries| !entries.is_empty()) {
            reading.dump.insert(JOURNAL.to_owned(), Raw::Stream(entries.clone()));
        }
    }
    Ok(readings)
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
    if !left.is_empty() {
        tally.remarks.push(format!(
            "{} findings about users or lists changed each time that they were read, so that they are open",
            left.len()
        ));
    }
    Ok(())
}
