//! The result of one run of a fault, and the table of all results.

use std::{collections::BTreeMap, time::Duration};

/// The result of one run of a fault.
#[derive(Debug, Clone)]
pub struct Row {
    /// The name of the fault.
    pub fault: String,
    /// The operations of clients.
    pub operations: u64,
    /// The orders that clients requested.
    pub orders: u64,
    /// The number of kills.
    pub crashes: u64,
    /// Operations with an unknown outcome that became known later.
    pub unknowns: u64,
    /// The time from the end of the fault until every order was final.
    pub quiet_after: Duration,
    /// The violations; empty if all equations hold.
    pub violations: Vec<String>,
    /// Events that the checker allows and counts, such as acknowledgements lost with the last bytes
    /// of a store.
    pub notes: Vec<String>,
}

/// Returns the table of faults, runs and violations, and the totals.
#[must_use]
pub fn table(rows: &[Row]) -> String {
    let mut by_fault: Vec<&str> = Vec::new();
    let mut groups: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        if !groups.contains_key(row.fault.as_str()) {
            by_fault.push(&row.fault);
        }
        groups.entry(&row.fault).or_default().push(row);
    }
    let mut lines = vec![
        "| fault | runs | orders | crashes | unknowns resolved | quiet after, at most | violations |"
            .to_owned(),
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |".to_owned(),
    ];
    for fault in by_fault {
        let Some(runs) = groups.get(fault) else { continue };
        lines.push(line(fault, runs));
    }
    let all: Vec<&Row> = rows.iter().collect();
    lines.push(line("**all**", &all));
    lines.join("\n")
}

fn line(name: &str, rows: &[&Row]) -> String {
    let sum = |count: fn(&Row) -> u64| rows.iter().map(|row| count(row)).sum::<u64>();
    let quiet = rows.iter().map(|row| row.quiet_after).max().unwrap_or_default();
    let violations: usize = rows.iter().map(|row| row.violations.len()).sum();
    format!(
        "| {name} | {} | {} | {} | {} | {:.1} s | {violations} |",
        rows.len(),
        sum(|row| row.orders),
        sum(|row| row.crashes),
        sum(|row| row.unknowns),
        quiet.as_secs_f64(),
    )
}
