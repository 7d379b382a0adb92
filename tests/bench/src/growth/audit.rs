//! The audit of the store at its last size, alone and beside orders.

use std::{
    fs,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use tokio::{process::Command, time::timeout};

use crate::{
    compare::median,
    document::{AuditFigures, BesideAudit},
    load::{Generators, Latency},
    note::note,
    paths::Path,
    place::Place,
    systems::{Session, Store},
};

/// Runs of orders before the audit, and the same number after it.
const RUNS: usize = 3;
/// The time limit of an audit.
const LIMIT: Duration = Duration::from_mins(10);

/// Audits alone. Then compares orders at half of their peak during an audit with the same orders
/// before and after it.
pub(super) async fn measure(store: &Store, place: &Place, generators: &Generators) -> Result<AuditFigures> {
    let alone_seconds = audit(place).await?;
    note(&format!("the audit took {alone_seconds:.1} s"));
    let mut session = Session::begin(store.ports).await?;
    let peak = generators.peak(&session.plan(Path::Order), generators.seconds).await?;
    ensure!(peak.is_valid(), "orders: {}", peak.faults());
    let rate = peak.rate / 2.0;
    let mut orders = Orders { session: &mut session, generators, rate };
    let mut without = Vec::new();
    for _ in 0..RUNS {
        without.push(orders.run().await?);
    }
    let mut during = Vec::new();
    let (beside_seconds, during) = {
        let audit = audit(place);
        tokio::pin!(audit);
        loop {
            // A run that the audit's end interrupts does not count.
            tokio::select! {
                biased;
                seconds = &mut audit => break (seconds?, during),
                run = orders.run() => during.push(run?),
            }
        }
    };
    for _ in 0..RUNS {
        without.push(orders.run().await?);
    }
    let [without, beside] = [&without, &during].map(|runs| BesideAudit {
        rate: median(runs, answered),
        p50_ms: median(runs, |run| run.p50_ms),
        p99_ms: median(runs, |run| run.p99_ms),
    });
    note(&format!(
        "beside {:.0} orders/s (p99 {:.1} ms) it took {beside_seconds:.1} s; without it there are {:.0} (p99 {:.1} ms)",
        beside.rate, beside.p99_ms, without.rate, without.p99_ms
    ));
    Ok(AuditFigures { alone_seconds, beside_seconds, rate_due: rate, without, beside })
}

/// Returns the requests a second that were answered as expected.
fn answered(run: &Latency) -> f64 {
    run.rate * f64::from(run.requests - run.wrong) / f64::from(run.requests.max(1))
}

/// Runs of orders that are due at a constant rate.
struct Orders<'a> {
    session: &'a mut Session,
    generators: &'a Generators,
    rate: f64,
}

impl Orders<'_> {
    async fn run(&mut self) -> Result<Latency> {
        self.session.refresh().await?;
        self.generators.latency(&self.session.plan(Path::Order), self.rate).await
    }
}

/// Audits the store of `place`, and returns the seconds that it took. A violation is an error.
async fn audit(place: &Place) -> Result<f64> {
    let settings = fs::read_to_string(place.store().join("audit.env"))?;
    let settings = settings.lines().filter_map(|line| line.split_once('='));
    let mut command = Command::new(place.programs.join("estore-bootstrap"));
    command.arg("audit").envs(settings.map(|(name, value)| (name, value.trim_matches('\''))));
    command.stdin(Stdio::null()).kill_on_drop(true);
    let began = Instant::now();
    let ended = timeout(LIMIT, command.output()).await.context("the audit did not end")?;
    let output = ended.context("estore-bootstrap")?;
    let said = [output.stdout, output.stderr].concat();
    ensure!(output.status.success(), "the audit: {}", String::from_utf8_lossy(&said));
    Ok(began.elapsed().as_secs_f64())
}
