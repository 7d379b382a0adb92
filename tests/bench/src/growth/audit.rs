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
    document::AuditFigures,
    load::Generators,
    note::note,
    paths::Path,
    place::Place,
    systems::{Session, Store},
};

/// Runs of orders before the audit, and the same number after it.
const RUNS: usize = 3;
/// The time limit of an audit.
const LIMIT: Duration = Duration::from_mins(10);

/// Audits alone. Then compares the rate of orders during an audit with the rate before and after.
pub(super) async fn measure(store: &Store, place: &Place, generators: &Generators) -> Result<AuditFigures> {
    let alone_seconds = audit(place).await?;
    note(&format!("the audit took {alone_seconds:.1} s"));
    let mut session = Session::begin(store.ports).await?;
    let mut orders = Orders { session: &mut session, generators };
    let mut without = Vec::new();
    for _ in 0..RUNS {
        without.push(orders.rate().await?);
    }
    let mut during = Vec::new();
    let (beside_seconds, rates) = {
        let audit = audit(place);
        tokio::pin!(audit);
        loop {
            // A run that the audit's end interrupts does not count.
            tokio::select! {
                biased;
                seconds = &mut audit => break (seconds?, during),
                rate = orders.rate() => during.push(rate?),
            }
        }
    };
    for _ in 0..RUNS {
        without.push(orders.rate().await?);
    }
    let (alone, beside) = (median(&without, |rate| *rate), median(&rates, |rate| *rate));
    note(&format!(
        "beside {beside:.0} orders/s it took {beside_seconds:.1} s; without it there are {alone:.0}"
    ));
    Ok(AuditFigures { alone_seconds, beside_seconds, rate_alone: alone, rate_beside: beside })
}

/// Runs of orders.
struct Orders<'a> {
    session: &'a mut Session,
    generators: &'a Generators,
}

impl Orders<'_> {
    /// Returns the orders a second of one run.
    async fn rate(&mut self) -> Result<f64> {
        self.session.refresh().await?;
        let peak = self.generators.peak(&self.session.plan(Path::Order), self.generators.seconds).await?;
        ensure!(peak.is_valid(), "orders: {}", peak.faults());
        Ok(peak.rate)
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
