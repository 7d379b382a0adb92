//! A fault under load, and the conditions that must hold afterwards.

use std::time::{Duration, Instant};

use anyhow::Result;
use estore_shopper::load::Load;
use tokio::time::sleep;

use super::Row;
use crate::{checker, history::OpKind, stand::Stand};

/// Steps of the load before the fault, and after it.
const AROUND: u64 = 25;
/// The time within which the shop must serve again after a fault.
const RECOVERY: Duration = Duration::from_mins(1);
/// The time within which orders must be final after a fault, or holds expire (the issue of the
/// protocol's promise: 60 s and 180 s).
const FINAL: Duration = Duration::from_mins(1);

/// Runs `fault` while customers shop. Afterwards nothing may be open, and every equation must hold.
pub async fn survive(
    stand: &mut Stand,
    name: &str,
    units: u32,
    fault: impl AsyncFnOnce(&mut Stand, &Load) -> Result<()>,
) -> Result<Row> {
    let (ops, crashes) = (stand.history.ops().len(), stand.crashes);
    let load = stand.begin(units).await?;
    let mut violations = Vec::new();
    if !reached(&load, AROUND).await {
        violations.push("the shop did not serve before the fault".to_owned());
    }
    if let Err(error) = fault(stand, &load).await {
        violations.push(format!("the fault could not be done: {error:#}"));
    }
    let ended = stand.history.now_ms();
    let after = load.steps() + AROUND;
    if !reached(&load, after).await {
        violations.push(format!("the shop did not serve again within {RECOVERY:?}"));
    }
    load.end().await;
    let (quiet_after, unknowns) = match stand.quiet().await {
        Ok(quiet) => (quiet.after, u64::try_from(quiet.settled)?),
        Err(error) => {
            violations.push(format!("{error:#}"));
            (Duration::ZERO, 0)
        }
    };
    if quiet_after > FINAL {
        violations.push(format!("orders were final only {quiet_after:?} after the fault"));
    }
    let (found, mails) = stand.check(ended).await?;
    violations.extend(mails);
    let history = stand.history.ops();
    violations.extend(found.violations.iter().map(ToString::to_string));
    violations.extend(stand.buyers.iter().flat_map(|buyer| buyer.forbidden()));
    // The report shows the operations; the code above counts each violation.
    let mut notes: Vec<String> =
        found.alarms.iter().map(|alarm| format!("{}: {}", alarm.subject, alarm.what)).collect();
    if !found.violations.is_empty() {
        notes.push(checker::report(&found.violations, &history));
    }
    let orders = history.iter().skip(ops).filter(|op| matches!(op.kind, OpKind::Order { .. })).count();
    Ok(Row {
        fault: name.to_owned(),
        operations: u64::try_from(history.len() - ops)?,
        orders: u64::try_from(orders)?,
        crashes: stand.crashes - crashes,
        unknowns,
        quiet_after,
        violations,
        notes,
    })
}

/// Waits until the load has done `steps` steps. Returns false if that takes too long.
async fn reached(load: &Load, steps: u64) -> bool {
    let deadline = Instant::now() + RECOVERY;
    while load.steps() < steps {
        if Instant::now() > deadline {
            return false;
        }
        sleep(Duration::from_millis(20)).await;
    }
    true
}
