//! One step of a growth: peak and latency of some paths, memory, and restart time.

use std::path::Path as Directory;

use anyhow::{Result, ensure};

use crate::{
    document::{Load, StepFigures},
    load::Generators,
    note::note,
    paths::Path,
    place::Place,
    systems::{PREPARED, Session, Store},
};

/// Restarts the store, and measures it. The latency of a path is measured at a quarter of its peak
/// in `first`, the first step. Also returns the number of orders that the measurement itself
/// placed.
pub(super) async fn measure(
    store: Store,
    place: &Place,
    catalogue: &Directory,
    paths: &[Path],
    first: Option<&[Load]>,
    generators: &Generators,
) -> Result<(Store, StepFigures, u64)> {
    store.stop().await?;
    let store = Store::start(&place.programs, &place.store(), catalogue).await?;
    let (restart_seconds, at_rest) = (store.took.as_secs_f64(), store.memory()?);
    let [redis_disk, postgres_disk] = store.disk()?;
    note(&format!("started again in {restart_seconds:.1} s"));
    let mut session = Session::begin(store.ports).await?;
    let (mut loads, mut placed) = (Vec::new(), PREPARED);
    for path in paths {
        session.refresh().await?;
        let plan = session.plan(*path);
        // Fills caches and opens connections; its result is discarded.
        let warm = generators.peak(&plan, 1).await?;
        let peak = generators.peak(&plan, generators.seconds).await?;
        ensure!(peak.is_valid(), "{path}: {}", peak.faults());
        let before = first.and_then(|loads| loads.iter().find(|load| load.path == *path));
        let latency_rate = before.map_or(peak.rate / 4.0, |load| load.latency_rate);
        let latency = generators.latency(&plan, latency_rate).await?;
        if !latency.is_valid() {
            note(&format!("{path}: {latency_rate:.0}/s is too much ({})", latency.faults()));
        }
        if *path == Path::Order {
            placed += whole(warm.requests + peak.requests) + u64::from(latency.requests);
        }
        note(&format!("{path}: {:.0}/s; at {latency_rate:.0}/s p99 {:.2} ms", peak.rate, latency.p99_ms));
        let latency = latency.is_valid().then_some(latency);
        loads.push(Load { path: *path, peak: peak.rate, cpu: peak.cpu, latency, latency_rate });
    }
    let after_load = store.memory()?;
    let figures = StepFigures { restart_seconds, at_rest, after_load, redis_disk, postgres_disk, loads };
    Ok((store, figures, placed))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of requests")]
pub(super) fn whole(requests: f64) -> u64 {
    requests.round().max(0.0) as u64
}
