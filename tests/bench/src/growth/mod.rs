//! The store alone, as its catalogue and its orders grow. Each part can run alone, and keeps its
//! results when time is up.

mod audit;
mod catalogue;
mod orders;
mod step;

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::{
    arguments::{Arguments, Growth as Part},
    document::{Document, Growth},
    machine::facts,
    note::note,
    place::Place,
};

/// The time limit of a measurement, after which it begins nothing new.
pub(crate) struct Limit {
    end: Instant,
    minutes: u64,
}

impl Limit {
    fn new(minutes: u64) -> Self {
        Self { end: Instant::now() + Duration::from_secs(minutes * 60), minutes }
    }

    /// Returns the reason for beginning nothing new after the time limit.
    fn passed(&self) -> Option<String> {
        (Instant::now() >= self.end).then(|| format!("{} minutes were over", self.minutes))
    }
}

/// Measures one part of the growth or both, and writes each into the document after its end.
pub(crate) async fn grow(arguments: &Arguments, part: Part) -> Result<()> {
    let limit = Limit::new(arguments.minutes);
    let facts = facts(&arguments.date, None)?;
    if part != Part::Orders {
        let place = Place::prepare(arguments).await?;
        let (steps, cut_short) = place.leave(catalogue::grow(arguments, &place, &limit).await).await?;
        let is_whole = cut_short.is_none() && arguments.has_usual_products();
        let (facts, seconds) = (facts.clone(), arguments.seconds);
        let growth = Growth { facts, seconds, cut_short, steps, audit: None };
        publish(arguments, is_whole, |document| document.catalogue = Some(growth))?;
    }
    if part != Part::Catalogue {
        let place = Place::prepare(arguments).await?;
        let grown = place.leave(orders::grow(arguments, &place, &limit).await).await?;
        let orders::Grown { steps, cut_short, audit } = grown;
        let is_whole = cut_short.is_none() && arguments.has_usual_orders();
        let growth = Growth { facts, seconds: arguments.seconds, cut_short, steps, audit };
        publish(arguments, is_whole, |document| document.orders = Some(growth))?;
    }
    Ok(())
}

fn publish(arguments: &Arguments, is_whole: bool, change: impl FnOnce(&mut Document)) -> Result<()> {
    let out = arguments.out(is_whole);
    let mut document = Document::read(&out)?;
    change(&mut document);
    document.write(&out)?;
    note(&format!("written: {}", out.join("performance.md").display()));
    Ok(())
}
