//! A growing catalogue.

use anyhow::Result;

use super::{Limit, step::measure};
use crate::{
    arguments::Arguments, document::CatalogueStep, note::note, paths::Path, place::Place, systems::Store,
};

const PATHS: [Path; 4] = [Path::Product, Path::List, Path::Search, Path::Order];

/// Measures a store of each size. Also returns the reason if it ended before the last one.
pub(super) async fn grow(
    arguments: &Arguments,
    place: &Place,
    limit: &Limit,
) -> Result<(Vec<CatalogueStep>, Option<String>)> {
    let generators = place.generators(arguments.seconds);
    let mut steps: Vec<CatalogueStep> = Vec::new();
    for products in &arguments.products {
        if let Some(why) = limit.passed() {
            return Ok((steps, Some(why)));
        }
        place.clear().await?;
        let catalogue = place.made(*products)?;
        note(&format!("importing {products} products"));
        let store = match Store::start(&place.programs, &place.store(), &catalogue).await {
            Ok(store) => store,
            // A failed import is a result, unless it is the first.
            Err(error) if !steps.is_empty() => {
                let said = format!("{error:#}");
                let last = said.lines().last().unwrap_or_default();
                let why = format!("the store did not import {products} products ({last})");
                return Ok((steps, Some(why)));
            }
            Err(error) => return Err(error),
        };
        let import_seconds = store.took.as_secs_f64();
        let first = steps.first().map(|step| step.figures.loads.as_slice());
        let (store, figures, _) = measure(store, place, &catalogue, &PATHS, first, &generators).await?;
        store.stop().await?;
        steps.push(CatalogueStep { products: *products, import_seconds, figures });
    }
    Ok((steps, None))
}
