//! A long run: the timetable of `chaos` in a demonstration, under a load that several shoppers
//! send. Every audit must be clean, and no customer may be contradicted.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use estore_contract::demo::{LoadRequest, LoadState, MAX_ORDERS_PER_MINUTE, Timetable};
use estore_faults::published::{Place, Run};
use tokio::time::{MissedTickBehavior, interval};

use super::{
    AUDIT, PATIENCE,
    api::{Demo, at, read, wait_for},
    begin,
};
use crate::{cluster::Cluster, forward::Forward, long::Long, say, trial::Trial};

/// Each sends up to 50 orders a second.
const SHOPPERS: usize = 3;
/// The pauses between faults, in seconds.
const PAUSES: [u32; 2] = [5, 30];
/// The interval between two looks at the audit.
const LOOK: Duration = Duration::from_secs(30);
/// Looks between two lines about the progress.
const LINE: u64 = 10;
/// The lowest rate of orders that counts as a run under load.
const RATE: f64 = 100.0;

/// The counts so far.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    orders: u64,
    requests: u64,
    contradicted: u64,
    /// The most violations of an audit.
    violations: f64,
}

pub(super) async fn run(trial: &Trial, place: &Cluster) -> Result<Vec<String>> {
    let long = &trial.long;
    // Opened first, so that an hour of work is not lost.
    let record = long.open()?;
    let (_release, demo) = begin(trial, place, Some("timetable")).await?;
    let shoppers = shoppers(place).await?;
    let (began, before) = (Instant::now(), look(&demo, &shoppers).await?);
    let [min_pause_seconds, max_pause_seconds] = PAUSES;
    demo.follow(&Timetable { seed: long.seed, min_pause_seconds, max_pause_seconds }).await?;

    let mut seen = watch(&demo, &shoppers, before, began, long).await?;
    let took = began.elapsed();
    demo.calm().await?;
    for shopper in &shoppers {
        dial(&demo, shopper, 0).await?;
    }
    wait_for("every outcome is known", PATIENCE, async || {
        let states = states(&demo, &shoppers).await?;
        Ok(states.iter().all(|state| state.counts.unknown == 0).then_some(()))
    })
    .await?;
    demo.audited_from_now(AUDIT).await?;
    seen.add(&look(&demo, &shoppers).await?);
    let faults = demo.number("sum(estore_chaos_faults_total)").await?.context("the number of faults")?;
    let run = result(long, &seen, faults, took)?;
    if let Some(mut file) = record {
        run.append(&mut file)?;
    }
    told(&run, took)
}

/// Starts the shoppers, and returns a port for each.
async fn shoppers(place: &Cluster) -> Result<Vec<Forward>> {
    let count = format!("--replicas={SHOPPERS}");
    place.kubectl(&["scale", "deployment", "estore-shopper", &count]).await?;
    place.rolled_out("shopper").await?;
    let mut open = Vec::new();
    for pod in place.pods("shopper").await? {
        open.push(Forward::open(place, &format!("pod/{}", pod.name), 8087).await?);
    }
    ensure!(open.len() == SHOPPERS, "{} shoppers", open.len());
    Ok(open)
}

/// Turns the dial of one shopper.
async fn dial(demo: &Demo, shopper: &Forward, orders_per_minute: u32) -> Result<()> {
    let wanted = LoadRequest { orders_per_minute, mix: None };
    let _set: LoadState = read(demo.http.put(at(shopper, "/load")).json(&wanted), 200).await?;
    Ok(())
}

async fn states(demo: &Demo, shoppers: &[Forward]) -> Result<Vec<LoadState>> {
    let mut states = Vec::new();
    for shopper in shoppers {
        states.push(read(demo.http.get(at(shopper, "/load")), 200).await?);
    }
    Ok(states)
}

async fn look(demo: &Demo, shoppers: &[Forward]) -> Result<Seen> {
    let states: Vec<LoadState> = states(demo, shoppers).await?;
    let sum = |of: fn(&LoadState) -> u64| states.iter().map(of).sum();
    let violations = demo.number("sum(max by (equation) (estore_audit_violations))").await?;
    Ok(Seen {
        orders: sum(|state| state.counts.orders),
        requests: sum(|state| state.counts.requests),
        contradicted: sum(|state| state.told.disagreements),
        violations: violations.unwrap_or_default(),
    })
}

impl Seen {
    /// Takes the counts of a later look, and keeps the most violations.
    fn add(&mut self, later: &Self) {
        *self = Self { violations: self.violations.max(later.violations), ..*later };
    }
}

/// Looks until the time is over. Prints a line now and then.
async fn watch(demo: &Demo, shoppers: &[Forward], before: Seen, began: Instant, long: &Long) -> Result<Seen> {
    for shopper in shoppers {
        dial(demo, shopper, MAX_ORDERS_PER_MINUTE).await?;
    }
    let (mut seen, mut tick) = (before, interval(LOOK));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for looks in 0.. {
        tick.tick().await;
        // A fault may be in the way of one look.
        match look(demo, shoppers).await {
            Ok(now) => seen.add(&now),
            Err(error) => say(&format!("         no answer: {error:#}")),
        }
        if looks % LINE == 0 {
            let (minutes, orders) = (began.elapsed().as_secs() / 60, seen.orders);
            say(&format!("         {minutes} min, {orders} orders, {} violations", seen.violations));
        }
        if began.elapsed() >= long.duration() {
            break;
        }
    }
    Ok(seen)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts")]
fn result(long: &Long, seen: &Seen, faults: f64, took: Duration) -> Result<Run> {
    Ok(Run {
        date: long.date.clone().unwrap_or_default(),
        commit: long.commit.clone().unwrap_or_default(),
        place: Place::Cluster,
        hours: took.as_secs_f64() / 3600.0,
        seed: long.seed,
        faults: faults as u64,
        operations: seen.requests,
        orders: seen.orders,
        violations: seen.violations as u64 + seen.contradicted,
        broken_off: 0,
    })
}

/// Says what happened. Violations and a low rate are errors.
#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn told(run: &Run, took: Duration) -> Result<Vec<String>> {
    let rate = run.orders as f64 / took.as_secs_f64();
    let line = format!(
        "{} faults in {:.1} h, {} orders ({rate:.0} a second), {} requests, {} violations",
        run.faults, run.hours, run.orders, run.operations, run.violations
    );
    ensure!(run.violations == 0, line);
    ensure!(rate >= RATE, "too few orders: {line}");
    Ok(vec![line])
}
