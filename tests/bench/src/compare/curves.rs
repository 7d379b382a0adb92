//! Latency by rate, for the paths with the most informative curves.

use anyhow::Result;

use super::{ratios::median, rounds::Samples};
use crate::{
    document::{Curve, Point},
    load::Generators,
    note::note,
    paths::Path,
    systems::System,
};

const DRAWN: [Path; 2] = [Path::List, Path::Order];
/// Shares of a system's own peak.
const SHARES: [f64; 6] = [0.1, 0.25, 0.5, 0.7, 0.8, 0.9];

/// Measures latency at growing rates. A curve ends at the first rate that a system does not keep.
pub(super) async fn curves(
    systems: &mut [System],
    paths: &[Path],
    samples: &Samples,
    generators: &Generators,
) -> Result<Vec<Curve>> {
    let mut curves = Vec::new();
    for path in DRAWN.into_iter().filter(|path| paths.contains(path)) {
        for system in &mut *systems {
            system.refresh().await?;
            let Some(plan) = system.plan(path) else { continue };
            let name = system.name();
            let peak = samples.peaks.get(&(path, name)).map_or(0.0, |runs| median(runs, |run| run.rate));
            let mut points = Vec::new();
            for rate in SHARES.map(|share| share * peak) {
                let latency = generators.latency(&plan, rate).await?;
                if !latency.is_valid() && !samples.is_trial {
                    note(&format!(
                        "curve {path} {}: {rate:.0}/s is too much ({})",
                        name.as_str(),
                        latency.faults()
                    ));
                    break;
                }
                note(&format!("curve {path} {} at {rate:.0}/s: p99 {:.2} ms", name.as_str(), latency.p99_ms));
                points.push(Point { rate, p50_ms: latency.p50_ms, p99_ms: latency.p99_ms });
            }
            curves.push(Curve { path, system: name, points });
        }
    }
    Ok(curves)
}
