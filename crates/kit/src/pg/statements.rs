//! The times of statements. sqlx tells of each as an event, which the layer of `crate::telemetry` sees: it is one for the whole process, and
//! so is this.

use std::{sync::OnceLock, time::Duration};

use crate::metrics::{Definition, Error, HistogramVec, Label, Meter};

const OPERATIONS: [&str; 4] = ["select", "insert", "update", "delete"];

pub(super) const SECONDS: Definition = Definition::histogram(
    "estore_postgres_statement_duration_seconds",
    "Time of each statement",
    &[Label::each("operation", &["select", "insert", "update", "delete", "other"])],
);

static STATEMENTS: OnceLock<HistogramVec> = OnceLock::new();

/// From now on, statements are measured.
pub(super) fn measure(meter: &Meter) -> Result<(), Error> {
    let statements = SECONDS.histograms(meter)?;
    if meter.measures() {
        let _already = STATEMENTS.set(statements);
    }
    Ok(())
}

/// A statement is over.
pub(crate) fn observe(text: &str, elapsed: Duration) {
    let Some(statements) = STATEMENTS.get() else { return };
    let word = text.split_whitespace().next().unwrap_or_default();
    let operation = OPERATIONS.into_iter().find(|operation| operation.eq_ignore_ascii_case(word));
    statements.with_label_values(&[operation.unwrap_or("other")]).observe(elapsed.as_secs_f64());
}
