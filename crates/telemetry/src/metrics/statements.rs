//! The durations of statements. sqlx reports each statement as an event, which the layer in
//! `crate::statements` receives. That layer is global to the process, and so is this metric.

use std::{sync::OnceLock, time::Duration};

use prometheus::{Error, HistogramVec};

use super::{Definition, Label, Meter};

const OPERATIONS: [&str; 4] = ["select", "insert", "update", "delete"];

/// The metric of statements.
pub const STATEMENT_SECONDS: Definition = Definition::histogram(
    "estore_postgres_statement_duration_seconds",
    "Seconds of each statement",
    &[Label::each("operation", &["select", "insert", "update", "delete", "other"])],
);

static STATEMENTS: OnceLock<HistogramVec> = OnceLock::new();

/// Starts to measure statements.
pub fn measure_statements(meter: &Meter) -> Result<(), Error> {
    let statements = STATEMENT_SECONDS.histograms(meter)?;
    if meter.measures() {
        let _already = STATEMENTS.set(statements);
    }
    Ok(())
}

/// Records the duration of a statement.
pub(crate) fn observe_statement(text: &str, elapsed: Duration) {
    let Some(statements) = STATEMENTS.get() else { return };
    let word = text.split_whitespace().next().unwrap_or_default();
    let operation = OPERATIONS.into_iter().find(|operation| operation.eq_ignore_ascii_case(word));
    statements.with_label_values(&[operation.unwrap_or("other")]).observe(elapsed.as_secs_f64());
}
