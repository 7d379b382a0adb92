//! Text reports of findings, each with the operations that show it.

use std::{
    collections::BTreeMap,
    fmt::{self, Write},
};

use super::{Equation, Findings, Violation};
use crate::history::Op;

/// The maximum number of violations shown for an equation.
const SHOWN: usize = 20;
/// The maximum number of operations shown for a violation.
const OPERATIONS: usize = 8;

/// Returns the equation in one line.
fn title(equation: u8) -> &'static str {
    Equation::numbered(equation).map_or("not among the equations", |equation| equation.title)
}

/// Returns every violation, by equation, with the operations that show it. One equation takes at
/// most a page.
#[must_use]
pub fn report(violations: &[Violation], history: &[Op]) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write_all(&mut text, violations, history);
    text
}

fn write_all(text: &mut String, violations: &[Violation], history: &[Op]) -> fmt::Result {
    let by_id: BTreeMap<u64, &Op> = history.iter().map(|op| (op.id, op)).collect();
    let mut by_equation = BTreeMap::<u8, Vec<&Violation>>::new();
    for violation in violations {
        by_equation.entry(violation.equation).or_default().push(violation);
    }
    for (equation, violations) in by_equation {
        writeln!(text, "Equation {equation} ({}): {} violations", title(equation), violations.len())?;
        for violation in violations.iter().take(SHOWN) {
            writeln!(text, "  {}: {}", violation.subject, violation.what)?;
            let shown = violation.operations.iter().take(OPERATIONS);
            for op in shown.filter_map(|id| by_id.get(id)) {
                writeln!(text, "    {op}")?;
            }
            if let Some(more) = violation.operations.len().checked_sub(OPERATIONS).filter(|more| *more > 0) {
                writeln!(text, "    and {more} more operations")?;
            }
        }
        if let Some(more) = violations.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            writeln!(text, "  and {more} more")?;
        }
    }
    Ok(())
}

impl Findings {
    fn write(&self, text: &mut String, history: &[Op]) -> fmt::Result {
        write_all(text, &self.violations, history)?;
        if !self.lost.is_empty() {
            writeln!(text, "Lost acknowledgements: {}", self.lost.len())?;
            write_all(text, &self.lost, history)?;
        }
        for alarm in &self.alarms {
            writeln!(text, "Alarm: {}: {}", alarm.subject, alarm.what)?;
        }
        if text.is_empty() { writeln!(text, "No violations.") } else { Ok(()) }
    }

    /// Returns all findings as text.
    #[must_use]
    pub fn report(&self, history: &[Op]) -> String {
        let mut text = String::new();
        let _ = self.write(&mut text, history);
        text
    }
}
