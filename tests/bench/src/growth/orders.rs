//! Growing orders.

use anyhow::{Result, ensure};

use super::{
    Limit, audit,
    step::{measure, whole},
};
use crate::{
    arguments::Arguments,
    document::{AuditFigures, OrderStep},
    load::Generators,
    note::note,
    paths::Path,
    place::Place,
    systems::{PREPARED, Session, Store},
};

const PATHS: [Path; 2] = [Path::Orders, Path::Order];
/// Steps, in thousandths of all orders.
const STEPS: [u64; 5] = [0, 10, 100, 500, 1_000];
/// The maximum seconds of filling between two checks of the clock, each with a new token.
const SLICE: u32 = 30;

/// The results.
pub(super) struct Grown {
    pub(super) steps: Vec<OrderStep>,
    /// The reason for an end before the last step.
    pub(super) cut_short: Option<String>,
    /// The audit of the store with all orders.
    pub(super) audit: Option<AuditFigures>,
}

/// Measures a store with each number of orders, and an audit of the last one.
pub(super) async fn grow(arguments: &Arguments, place: &Place, limit: &Limit) -> Result<Grown> {
    let generators = place.generators(arguments.seconds);
    let (catalogue, _) = place.catalogue(arguments)?;
    let mut store = Store::start(&place.programs, &place.store(), &catalogue).await?;
    let mut steps: Vec<OrderStep> = Vec::new();
    let mut placed = 0;
    let mut cut_short = None;
    for target in STEPS.map(|share| arguments.orders * share / 1_000) {
        cut_short = limit.passed();
        if cut_short.is_some() {
            break;
        }
        cut_short = fill(&store, &mut placed, target, &generators, limit).await?;
        let first = steps.first().map(|step| step.figures.loads.as_slice());
        let (again, figures, more) = measure(store, place, &catalogue, &PATHS, first, &generators).await?;
        store = again;
        steps.push(OrderStep { orders: placed, figures });
        placed += more;
        if cut_short.is_some() {
            break;
        }
    }
    // The steps took a while, and are worth keeping without it.
    let audit = if cut_short.is_some() {
        None
    } else {
        let measured = audit::measure(&store, place, &generators).await;
        measured.inspect_err(|error| note(&format!("{error:#}"))).ok()
    };
    store.stop().await?;
    Ok(Grown { steps, cut_short, audit })
}

/// Places orders until there are `target`. Returns the reason if it stopped before.
async fn fill(
    store: &Store,
    placed: &mut u64,
    target: u64,
    generators: &Generators,
    limit: &Limit,
) -> Result<Option<String>> {
    if *placed >= target {
        return Ok(None);
    }
    let mut session = Session::begin(store.ports).await?;
    *placed += PREPARED;
    let mut seconds = 1;
    while *placed < target {
        if let Some(why) = limit.passed() {
            return Ok(Some(why));
        }
        session.refresh().await?;
        let peak = generators.peak(&session.plan(Path::Order), seconds).await?;
        ensure!(peak.is_valid(), "orders: {}", peak.faults());
        *placed += whole(peak.requests);
        seconds = slice(target.saturating_sub(*placed), peak.rate);
        note(&format!("{placed} of {target} orders, {:.0}/s", peak.rate));
    }
    Ok(None)
}

/// Returns the seconds for so many orders, within bounds.
#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn slice(left: u64, rate: f64) -> u32 {
    let seconds = whole((left as f64 / rate).ceil());
    u32::try_from(seconds).unwrap_or(SLICE).clamp(1, SLICE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_end_near_the_target() {
        assert_eq!([slice(1_000, 400.0), slice(0, 400.0), slice(1_000_000, 400.0)], [3, 1, 30]);
        assert_eq!(slice(1_000, 0.0), SLICE);
    }
}
