//! The short form for CI: one path of store and floor, against the published ratios.

use std::path::Path as Directory;

use anyhow::{Result, ensure};

use super::{QUIET, rounds::Samples};
use crate::{
    arguments::{Arguments, DOCUMENTS},
    document::Document,
    machine::idle_share,
    note::{note, say},
    paths::Path,
    place::Place,
    systems::{Name, Store, System},
};

const PATH: Path = Path::Product;
const ROUNDS: u32 = 3;
/// The share by which a ratio may differ from the published one.
const TOLERANCE: f64 = 1.0 / 3.0;

/// The minimum idle share of the machine. Below it, other programs distort the CPU time of a
/// request.
const LEAST_IDLE: f64 = 0.8;

/// Measures the CPU time of a request as a ratio of store and floor. Fails if it is a third off.
pub(crate) async fn short(arguments: &Arguments) -> Result<()> {
    let idle = idle_share(QUIET).await?;
    if idle < LEAST_IDLE {
        let busy = (1.0 - idle) * 100.0;
        note(&format!("not measured: this machine does other work ({busy:.0} % of it is busy)"));
        return Ok(());
    }
    let place = Place::prepare(arguments).await?;
    let (catalogue, _) = place.catalogue(arguments)?;
    let store = Store::start(&place.programs, &place.store(), &catalogue).await?;
    let mut systems = vec![System::store(store).await?, System::floor(&place.work).await?];
    let mut samples = Samples::default();
    let measured = samples.peaks(&mut systems, &[PATH], ROUNDS, &place.generators(arguments.seconds)).await;
    for system in systems {
        system.stop().await?;
    }
    place.leave(measured).await?;
    let published = published(&Document::read(Directory::new(DOCUMENTS))?);
    let found = samples.measured(PATH).ratios.get(&Name::Floor).map(|ratios| ratios.cpu.median);
    match (found, published) {
        (Some(found), Some(published)) => say(&check(found, published)?),
        (found, _) => note(&format!(
            "{PATH}, CPU time of store : floor: {}. Nothing is published to compare it with: run ./dev bench",
            found.map_or_else(|| "none".to_owned(), |found| format!("{found:.2}"))
        )),
    }
    Ok(())
}

/// Returns the published ratio.
fn published(document: &Document) -> Option<f64> {
    let paths = &document.comparison.as_ref()?.paths;
    let measured = paths.iter().find(|measured| measured.path == PATH)?;
    Some(measured.ratios.get(&Name::Floor)?.cpu.median)
}

/// Returns a line about the ratio, or an error if it is too far off.
fn check(found: f64, published: f64) -> Result<String> {
    let off = found / published - 1.0;
    let line = format!(
        "{PATH}, CPU time of store : floor: {found:.2}, published {published:.2} ({:+.0} %; a third is allowed)",
        off * 100.0
    );
    ensure!(
        off <= TOLERANCE,
        "{line}: a request costs more than before. Find out why, or publish it by ./dev bench"
    );
    ensure!(
        off >= -TOLERANCE,
        "{line}: docs/performance.md is out of date. Publish the better figures by ./dev bench"
    );
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratio_within_a_third_passes() {
        for found in [2.0, 1.4, 2.6] {
            check(found, 2.0).unwrap();
        }
    }

    #[test]
    fn ratio_a_third_off_fails() {
        let slower = check(2.7, 2.0).unwrap_err().to_string();
        assert!(slower.contains("costs more than before") && slower.contains("+35 %"), "{slower}");
        let faster = check(1.3, 2.0).unwrap_err().to_string();
        assert!(faster.contains("out of date") && faster.contains("-35 %"), "{faster}");
    }

    #[test]
    fn ratio_is_found_in_the_document() {
        let text = include_str!("../../golden/performance.json");
        let document: Document = serde_json::from_str(text).unwrap();
        assert_eq!(published(&document), Some(3.6));
        assert_eq!(published(&Document::default()), None);
    }
}
