//! What the buyers were answered, counted.

use std::collections::BTreeMap;

use estore_faults::history::{Op, OpKind, Outcome};

/// Answers of the operations that began in a time, by what they said.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    by_answer: BTreeMap<String, usize>,
    /// What is neither a success nor a documented refusal, with the operations.
    pub(crate) failed: Vec<String>,
    /// Different orders that were asked for.
    pub(crate) orders: usize,
    /// How long answers took, in milliseconds, shortest first.
    took: Vec<u64>,
}

impl Counts {
    /// Of the operations that began at `from` or later, and before `to` (Unix milliseconds).
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
                // A second request while the first is being answered is told so.
                Outcome::Unknown { why } if why == "409 request_in_progress" => why.clone(),
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

    /// How many answers said `answer`, such as `202`.
    pub(crate) fn answered(&self, answer: &str) -> usize {
        self.by_answer.get(answer).copied().unwrap_or_default()
    }

    /// In a line: how many of each, and how long they took.
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
