//! Rounds in which the systems take turns, so that all run under the same conditions.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::ratios::{median, ratio, spread};
use crate::{
    document::{Figures, Measured, Ratios},
    load::{Generators, Latency, Peak, Plan},
    note::note,
    paths::Path,
    systems::{Name, System},
};

/// The number of repeats of an invalid run.
const REPEATS: u32 = 2;
/// The duration of a discarded warm-up run, in seconds.
const WARM: u32 = 1;

/// The runs of all rounds.
#[derive(Default)]
pub(super) struct Samples {
    pub(super) peaks: BTreeMap<(Path, Name), Vec<Peak>>,
    pub(super) latencies: BTreeMap<(Path, Name), Vec<Latency>>,
    pub(super) repeated: u32,
    /// True if invalid runs are accepted as they are.
    pub(super) is_trial: bool,
}

impl Samples {
    /// Measures the peak of each path and system once in each round.
    pub(super) async fn peaks(
        &mut self,
        systems: &mut [System],
        paths: &[Path],
        rounds: u32,
        generators: &Generators,
    ) -> Result<()> {
        for round in 0..=rounds {
            for path in paths {
                refresh(systems).await?;
                for system in &mut *systems {
                    let Some(plan) = system.plan(*path) else { continue };
                    if round == 0 {
                        generators.peak(&plan, WARM).await?;
                        continue;
                    }
                    let peak = self.valid_peak(generators, &plan).await?;
                    let name = system.name();
                    note(&format!(
                        "peak {round}/{rounds} {path} {}: {:.0}/s, {:.0} µs of CPU a request",
                        name.as_str(),
                        peak.rate,
                        peak.cpu
                    ));
                    self.peaks.entry((*path, name)).or_default().push(peak);
                }
            }
        }
        Ok(())
    }

    /// Measures the latency of each path and system once in each round, at half of the lowest peak
    /// of the path.
    pub(super) async fn latencies(
        &mut self,
        systems: &mut [System],
        paths: &[Path],
        rounds: u32,
        generators: &Generators,
    ) -> Result<()> {
        for round in 1..=rounds {
            for path in paths {
                refresh(systems).await?;
                let rate = self.latency_rate(*path);
                for system in &mut *systems {
                    let Some(plan) = system.plan(*path) else { continue };
                    let latency = self.valid_latency(generators, &plan, rate).await?;
                    let name = system.name();
                    note(&format!(
                        "latency {round}/{rounds} {path} {} at {rate:.0}/s: p50 {:.2} ms, p99 {:.2} ms",
                        name.as_str(),
                        latency.p50_ms,
                        latency.p99_ms
                    ));
                    self.latencies.entry((*path, name)).or_default().push(latency);
                }
            }
        }
        Ok(())
    }

    async fn valid_peak(&mut self, generators: &Generators, plan: &Plan) -> Result<Peak> {
        for _ in 0..=REPEATS {
            let peak = generators.peak(plan, generators.seconds).await?;
            if peak.is_valid() || self.is_trial {
                return Ok(peak);
            }
            note(&format!("not valid: {}", peak.faults()));
            self.repeated += 1;
        }
        bail!("a peak's run stays invalid; see the lines above")
    }

    async fn valid_latency(&mut self, generators: &Generators, plan: &Plan, rate: f64) -> Result<Latency> {
        for _ in 0..=REPEATS {
            let latency = generators.latency(plan, rate).await?;
            if latency.is_valid() || self.is_trial {
                return Ok(latency);
            }
            note(&format!("not valid: {}", latency.faults()));
            self.repeated += 1;
        }
        bail!("a latency's run stays invalid; see the lines above")
    }

    /// Returns the requests a second that make half as many calls as the lowest peak of a system on
    /// the path.
    pub(super) fn latency_rate(&self, path: Path) -> f64 {
        let own = self.peaks.iter().filter(|((other, _), _)| *other == path);
        own.map(|(_, peaks)| median(peaks, |peak| peak.rate)).fold(f64::INFINITY, f64::min)
            / 2.0
            / path.calls()
    }

    /// Returns the highest share of a run that a hypervisor gave to other guests.
    pub(super) fn stolen(&self) -> f64 {
        self.peaks.values().flatten().map(|peak| peak.stolen).fold(0.0, f64::max)
    }

    /// Returns the figures and ratios of a path.
    pub(super) fn measured(&self, path: Path) -> Measured {
        let runs = |name| {
            let key = (path, name);
            Some((self.peaks.get(&key)?.as_slice(), self.latencies.get(&key).map_or(&[][..], Vec::as_slice)))
        };
        let mut systems = BTreeMap::new();
        let mut ratios = BTreeMap::new();
        for name in [Name::Store, Name::Twin, Name::Floor] {
            let Some((peaks, latencies)) = runs(name) else { continue };
            let figures = Figures {
                peak: spread(peaks, |peak| peak.rate),
                cpu: spread(peaks, |peak| peak.cpu),
                generator_cpu: median(peaks, |peak| peak.generator),
                p50_ms: spread(latencies, |latency| latency.p50_ms),
                p99_ms: spread(latencies, |latency| latency.p99_ms),
            };
            systems.insert(name, figures);
            if let (Some((own, own_latencies)), true) = (runs(Name::Store), name != Name::Store) {
                let of = Ratios {
                    peak: ratio(own, peaks, |peak| peak.rate),
                    cpu: ratio(own, peaks, |peak| peak.cpu),
                    p50: ratio(own_latencies, latencies, |latency| latency.p50_ms),
                    p99: ratio(own_latencies, latencies, |latency| latency.p99_ms),
                };
                ratios.insert(name, of);
            }
        }
        Measured { path, latency_rate: self.latency_rate(path), systems, ratios }
    }
}

async fn refresh(systems: &mut [System]) -> Result<()> {
    for system in systems {
        system.refresh().await?;
    }
    Ok(())
}
