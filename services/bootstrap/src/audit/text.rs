//! The report as text.

use std::fmt::Write;

use estore_contract::audit::AuditReport;

/// Returns the report for people: a line for each equation, and its offenders.
#[must_use]
pub fn text(report: &AuditReport) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _written = write_all(&mut text, report);
    text
}

fn write_all(text: &mut String, report: &AuditReport) -> std::fmt::Result {
    for equation in &report.equations {
        let verdict = match equation.violations {
            1 => "1 violation".to_owned(),
            count => format!("{count} violations"),
        };
        writeln!(
            text,
            "{:<24} {verdict:>13}  {} ({} {})",
            equation.equation, equation.title, equation.checked, equation.of
        )?;
        for offender in &equation.offenders {
            writeln!(text, "    {}: {}", offender.subject, offender.what)?;
        }
        let named = u64::try_from(equation.offenders.len()).unwrap_or(u64::MAX);
        if equation.violations > named {
            writeln!(text, "    and {} more", equation.violations - named)?;
        }
    }
    for remark in &report.remarks {
        writeln!(text, "remark: {remark}")?;
    }
    let checked: Vec<String> = report
        .checked
        .each()
        .iter()
        .map(|(what, count)| format!("{count} {}", what.replace('_', " ")))
        .collect();
    let seconds = std::time::Duration::from_millis(report.took_ms).as_secs_f64();
    writeln!(text, "{}; {} read again; {seconds:.1} s", checked.join(", "), report.read_again)?;
    writeln!(text, "equations 10, 12 and 13 need what clients saw, and were not checked")?;
    write!(text, "{} violations", report.violations())
}

#[cfg(test)]
mod tests {
    use estore_contract::audit::{AuditedEquation, Checked, Offender};
    use time::macros::datetime;

    use super::*;

    #[test]
    fn report_names_offenders_and_counts_the_rest() {
        let offender = Offender { subject: "MUG".to_owned(), what: "2 are reserved of 1 on hand".to_owned() };
        let equation = AuditedEquation {
            equation: "01_stock_bounds".to_owned(),
            title: "what is reserved is on hand".to_owned(),
            checked: 3,
            of: "products".to_owned(),
            violations: 5,
            offenders: vec![offender],
        };
        let report = AuditReport {
            started_at: datetime!(2026-01-01 00:00 UTC),
            finished_at: datetime!(2026-01-01 00:00 UTC),
            took_ms: 1500,
            next_within_seconds: None,
            checked: Checked::default(),
            read_again: 7,
            equations: vec![equation],
            remarks: Vec::new(),
        };
        let text = text(&report);
        for part in ["MUG: 2 are reserved of 1 on hand", "and 4 more", "7 read again; 1.5 s"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(text.ends_with("5 violations"), "{text}");
    }
}
