//! A long run: the timetable of `chaos` in a demonstration, under a load that several shoppers
//! send. Every audit must be clean, and no customer may be contradicted.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use estore_contract::demo::{MAX_ORDERS_PER_MINUTE, Timetable};
use estore_faults::published::{Place, Run};
use tokio::time::{MissedTickBehavior, interval};

use super::{
    api::Demo,
    begin,
    shoppers::{Seen, Shoppers},
};
use crate::{cluster::Cluster, long::Long, say, trial::Trial};

/// The pauses between faults, in seconds.
const PAUSES: [u32; 2] = [5, 30];
/// The interval between two looks at the shoppers and at the audit.
const LOOK: Duration = Duration::from_secs(30);
/// Looks between two lines about the progress.
const LINE: u64 = 10;
/// The longest wait for an audit that begins after the load (values/timetable.yaml).
const AUDIT: Duration = Duration::from_mins(12);
/// The lowest rate of orders that counts as a run under load.
const RATE: f64 = 100.0;
/// The longest run of which Prometheus keeps everything (values/timetable.yaml).
const LONGEST: Duration = Duration::from_hours(11);

/// The measurements of the run in Prometheus.
struct Measured {
    /// Faults that were caused and ended.
    faults: f64,
    /// The most violations of each equation, together.
    violations: f64,
}

pub(super) async fn run(trial: &Trial, place: &Cluster) -> Result<Vec<String>> {
    let long = &trial.long;
    ensure!(long.duration() <= LONGEST, "--hours must be at most {}", LONGEST.as_secs() / 3600);
    // Opened first, so that an hour of work is not lost.
    let record = long.open()?;
    let (_release, demo) = begin(trial, place, Some("timetable")).await?;
    let mut shoppers = Shoppers::start(place, demo.http.clone()).await?;
    let began = Instant::now();
    let [min_pause_seconds, max_pause_seconds] = PAUSES;
    demo.follow(&Timetable { seed: long.seed, min_pause_seconds, max_pause_seconds }).await?;
    shoppers.dial(MAX_ORDERS_PER_MINUTE).await?;
    let most = watch(&demo, &mut shoppers, began, long.duration()).await?;
    let took = began.elapsed();

    // The ports of hours ago may be closed.
    let demo = Demo::open(place).await?;
    shoppers.reconnect().await?;
    demo.calm().await?;
    shoppers.dial(0).await?;
    shoppers.settled().await?;
    demo.audited_from_now(AUDIT).await?;
    let last = shoppers.states().await?;
    shoppers.add(&last).context("after the load")?;
    let seconds = began.elapsed().as_secs();
    let measured = Measured {
        faults: demo.faults(seconds).await?.round(),
        violations: demo.violations(seconds).await?.max(most),
    };
    // A run in which nothing happened, or nobody looked, is none.
    ensure!(measured.faults > 0.0, "the timetable caused no fault");
    shoppers.all_compared()?;
    let run = result(long, &shoppers.sum(), &measured, took);
    if let Some(mut file) = record {
        run.append(&mut file)?;
    }
    told(&run, took)
}

/// Looks until the time is over. Prints a line now and then. Returns the most violations of an
/// audit.
async fn watch(demo: &Demo, shoppers: &mut Shoppers<'_>, began: Instant, length: Duration) -> Result<f64> {
    let (mut most, mut tick) = (0_f64, interval(LOOK));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for looks in 0.. {
        tick.tick().await;
        match shoppers.states().await {
            Ok(states) => {
                let so_far = format!("{most} violations and {:?} so far", shoppers.sum());
                shoppers.add(&states).with_context(|| so_far)?;
            }
            // A port may have closed.
            Err(error) => {
                say(&format!("         no answer: {error:#}"));
                if let Err(error) = shoppers.reconnect().await {
                    say(&format!("         no new port: {error:#}"));
                }
            }
        }
        match demo.violations(LOOK.as_secs()).await {
            Ok(violations) => most = most.max(violations),
            Err(error) => say(&format!("         no answer: {error:#}")),
        }
        if looks % LINE == 0 {
            let (minutes, seen) = (began.elapsed().as_secs() / 60, shoppers.sum());
            let (orders, contradicted) = (seen.orders, seen.contradicted);
            say(&format!(
                "         {minutes} min, {orders} orders, {most} violations, {contradicted} contradicted"
            ));
        }
        if began.elapsed() >= length {
            break;
        }
    }
    Ok(most)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts")]
fn result(long: &Long, seen: &Seen, measured: &Measured, took: Duration) -> Run {
    Run {
        date: long.date.clone().unwrap_or_default(),
        commit: long.commit.clone().unwrap_or_default(),
        place: Place::Cluster,
        hours: took.as_secs_f64() / 3600.0,
        seed: long.seed,
        faults: measured.faults as u64,
        operations: seen.requests,
        orders: seen.orders,
        violations: measured.violations as u64 + seen.contradicted,
        broken_off: 0,
    }
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
