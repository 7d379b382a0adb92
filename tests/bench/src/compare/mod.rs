//! The comparison of the store with the twin and the floor.

mod alike;
mod curves;
mod ratios;
mod rounds;
mod short;

use std::time::Duration;

use anyhow::Result;

pub(crate) use ratios::median;
pub(crate) use short::short;

use crate::{
    arguments::Arguments,
    document::{Comparison, Document},
    machine::{facts, idle_share},
    note::{note, say},
    place::Place,
    systems::{Store, System, Twin},
};
use rounds::Samples;

/// The time for which the machine is watched without requests.
const QUIET: Duration = Duration::from_secs(3);

/// Measures all three systems, and writes the document.
pub(crate) async fn compare(arguments: &Arguments) -> Result<()> {
    let facts = facts(&arguments.date, Some(&arguments.python))?;
    let place = Place::prepare(arguments).await?;
    let (catalogue, name) = place.catalogue(arguments)?;
    note("starting the store, the twin and the floor");
    let store = match arguments.store {
        Some(ports) => Store::running(ports),
        None => Store::start(&place.programs, &place.store(), &catalogue).await?,
    };
    let mut systems = vec![
        System::store(store).await?,
        System::twin(Twin::start(&arguments.python, &place.work, &catalogue).await?).await?,
        System::floor(&place.work).await?,
    ];
    let measured = measure(arguments, &place, &mut systems).await;
    for system in systems {
        system.stop().await?;
    }
    let (samples, idle, curves) = place.leave(measured).await?;
    let comparison = Comparison {
        facts,
        rounds: arguments.rounds,
        seconds: arguments.seconds,
        catalogue: if arguments.store.is_some() { "the running store's".to_owned() } else { name },
        idle,
        stolen: samples.stolen(),
        repeated: samples.repeated,
        paths: arguments.paths.iter().map(|path| samples.measured(*path)).collect(),
        curves,
    };
    let out = arguments.out(arguments.is_whole_comparison());
    let mut document = Document::read(&out)?;
    document.comparison = Some(comparison);
    document.write(&out)?;
    document.comparison.iter().for_each(|comparison| say(&comparison.tables()));
    note(&format!("written: {}", out.join("performance.md").display()));
    Ok(())
}

type Measured = (Samples, f64, Vec<crate::document::Curve>);

async fn measure(arguments: &Arguments, place: &Place, systems: &mut [System]) -> Result<Measured> {
    if let [store, twin, ..] = &*systems {
        alike::check(store, twin).await?;
    }
    let idle = idle_share(QUIET).await?;
    if idle < 0.9 {
        note(&format!("this machine is not quiet: {:.0} % of it is busy", (1.0 - idle) * 100.0));
    }
    let generators = place.generators(arguments.seconds);
    let mut samples = Samples { is_trial: arguments.trial, ..Samples::default() };
    samples.peaks(systems, &arguments.paths, arguments.rounds, &generators).await?;
    samples.latencies(systems, &arguments.paths, arguments.rounds, &generators).await?;
    let curves = if arguments.no_curves {
        Vec::new()
    } else {
        curves::curves(systems, &arguments.paths, &samples, &generators).await?
    };
    Ok((samples, idle, curves))
}
