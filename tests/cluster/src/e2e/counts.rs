//! Counts of the answers to the buyers.

use std::collections::BTreeMap;

use estore_faults::history::{Op, OpKind, Outcome};

/// The operations that began in a period, counted by their answers.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    by_answer: BTreeMap<String, usize>,
    /// Answers that are neither a success nor a documented refusal, with their operations.
    pub(crate) failed: Vec<String>,
    /// The number of different orders.
    pub(crate) orders: usize,
    /// The durations in milliseconds, shortest first.
    took: Vec<u64>,
}

impl Counts {
    /// Counts the operations that began at `from` or later, and before `to` (Unix milliseconds).
    pub(crate) fn of(ops: &[Op], from: u64, to: u64) -> Self {
        let mut counts = Self::default();
        let mut orders = std::collections::BTreeSet::new();
        for op in ops.iter().filter(|op| (from..to).contains(&op.invoked_ms)) {
            if matches!(op.kind, OpKind::Order { .. }) {
                orders.extend(op.kind.order());
            }
            counts.took.extend(op.ended_ms.map(|ended| ended.saturating_sub(op.invoked_ms)));
            let answer = match &op.outcome {
                Outcome::Ok { status, .. } => status.to_string(),
                Outcome::Refused { status, code, .. } => format!("{status} {code}"),
                Outcome::Unknown { why } => {
                    counts.failed.push(op.to_string());
                    // Addresses would make each one different.
                    why.split(" for url").next().unwrap_or_default().to_owned()
                }
                Outcome::Pending => continue,
            };
            *counts.by_answer.entry(answer).or_default() += 1;
        }
        counts.took.sort_unstable();
        counts.orders = orders.len();
        counts
    }

    /// Returns the number of answers of a kind, such as `202`.
    pub(crate) fn answered(&self, answer: &str) -> usize {
        self.by_answer.get(answer).copied().unwrap_or_default()
    }

    /// Returns one line: the count of each answer, and the durations.
    pub(crate) fn line(&self) -> String {
        let each: Vec<String> =
            self.by_answer.iter().map(|(answer, count)| format!("{count}× {answer}")).collect();
        let at = |part: usize| self.took.get(self.took.len() * part / 100).copied().unwrap_or_default();
        format!(
            "{} orders; {}; half within {} ms, 99 of 100 within {} ms",
            self.orders,
            each.join(", "),
            at(50),
            at(99)
        )
    }
}
