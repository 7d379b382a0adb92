//! The document: figures as JSON, and the page and curves rendered from them.

mod chart;
mod compared;
mod figures;
mod grown;
mod page;
mod round;
mod scale;

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};

pub(crate) use chart::{Chart, Line};
pub(crate) use figures::{
    AuditFigures, BesideAudit, CatalogueStep, Comparison, Curve, Document, Figures, Growth, Load, Measured,
    OrderStep, Point, Ratios, Spread, StepFigures,
};
pub(crate) use page::page;

const FIGURES: &str = "performance.json";
const PAGE: &str = "performance.md";
const CURVES: &str = "performance";

impl Document {
    /// Reads the figures in `directory`. Returns an empty document if there is no file yet.
    pub(crate) fn read(directory: &Path) -> Result<Self> {
        let path = directory.join(FIGURES);
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        serde_json::from_str(&text).with_context(|| path.display().to_string())
    }

    /// Writes the figures, the page and the curves into `directory`, and deletes old curves.
    pub(crate) fn write(&self, directory: &Path) -> Result<()> {
        // Renders the page from the figures in the file, so that `render` gives the same page.
        let figures = round::round(serde_json::to_value(self)?);
        serde_json::from_value::<Self>(figures)?.write_rounded(directory)
    }

    fn write_rounded(&self, directory: &Path) -> Result<()> {
        let below = directory.join(CURVES);
        if below.exists() {
            fs::remove_dir_all(&below).with_context(|| below.display().to_string())?;
        }
        fs::create_dir_all(directory)?;
        let mut figures = serde_json::to_string_pretty(self)?;
        figures.push('\n');
        fs::write(directory.join(FIGURES), figures)?;
        let curves = self.curves();
        fs::write(directory.join(PAGE), page(self, &curves))?;
        if !curves.is_empty() {
            fs::create_dir_all(&below)?;
        }
        for (name, chart) in curves {
            fs::write(below.join(format!("{name}.svg")), chart.svg())?;
        }
        Ok(())
    }

    /// Returns the curves by file name.
    pub(crate) fn curves(&self) -> BTreeMap<String, Chart> {
        let compared = self.comparison.iter().flat_map(compared::charts);
        let catalogue = self.catalogue.iter().flat_map(grown::catalogue_charts);
        let orders = self.orders.iter().flat_map(grown::order_charts);
        compared.chain(catalogue).chain(orders).collect()
    }
}

#[cfg(test)]
mod tests;
