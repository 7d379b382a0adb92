//! The operations that a recorder keeps: all, or the latest.

use std::collections::VecDeque;

use estore_checker::history::{Op, OpKind, Outcome};

/// Operations by invocation.
#[derive(Debug)]
pub(super) struct Kept {
    ops: VecDeque<Op>,
    /// The number of operations that are kept at most.
    most: usize,
    /// The id of the next operation.
    next: u64,
}

impl Kept {
    pub(super) fn new(most: usize) -> Self {
        Self { ops: VecDeque::new(), most, next: 0 }
    }

    /// Keeps a new operation, and forgets the oldest if there are too many. Returns both.
    pub(super) fn invoke(&mut self, client: u32, kind: OpKind, invoked_ms: u64) -> (Op, Option<Op>) {
        let op = Op { id: self.next, client, kind, invoked_ms, ended_ms: None, outcome: Outcome::Pending };
        self.next += 1;
        self.ops.push_back(op.clone());
        let forgotten = if self.ops.len() > self.most { self.ops.pop_front() } else { None };
        (op, forgotten)
    }

    /// Keeps the outcome of an operation. Returns it, unless it is forgotten.
    pub(super) fn end(&mut self, id: u64, outcome: Outcome, ended_ms: u64) -> Option<Op> {
        let first = self.ops.front()?.id;
        let op = self.ops.get_mut(usize::try_from(id.checked_sub(first)?).ok()?)?;
        (op.ended_ms, op.outcome) = (Some(ended_ms), outcome);
        Some(op.clone())
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Op> {
        self.ops.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.ops.len()
    }
}

#[cfg(test)]
mod tests {
    use estore_checker::history::Seen;

    use super::*;

    fn read() -> OpKind {
        OpKind::Read { order: "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01".parse().unwrap() }
    }

    fn ok() -> Outcome {
        Outcome::Ok { status: 200, seen: Seen::Nothing }
    }

    #[test]
    fn ring_keeps_the_latest_operations() {
        let mut kept = Kept::new(3);
        let ids: Vec<u64> = (0..5).map(|at| kept.invoke(7, read(), at).0.id).collect();
        assert_eq!(ids, [0, 1, 2, 3, 4]);
        assert_eq!(kept.all().map(|op| op.id).collect::<Vec<_>>(), [2, 3, 4]);
        assert_eq!(kept.len(), 3);
    }

    #[test]
    fn outcome_finds_its_operation_or_nothing() {
        let mut kept = Kept::new(2);
        for at in 0..3 {
            kept.invoke(7, read(), at);
        }
        assert_eq!(kept.end(0, ok(), 9), None, "it is forgotten");
        assert_eq!(kept.end(3, ok(), 9), None, "there is none yet");
        let ended = kept.end(2, ok(), 9).unwrap();
        assert_eq!((ended.id, ended.ended_ms), (2, Some(9)));
        assert_eq!(kept.all().filter(|op| op.is_known()).count(), 1);
    }
}
