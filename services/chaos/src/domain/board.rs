//! The faults in progress, and the last events.

use std::collections::VecDeque;

use estore_contract::demo::{ActiveFault, FaultEvent, FaultOrigin, FaultOutcome};
use time::OffsetDateTime;

use super::Fault;

/// The number of events that are kept.
const KEPT: usize = 100;

/// The error for a fault whose kind hits the same component already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this fault is active already")]
pub struct AlreadyActive;

/// The faults in progress, and the last events.
#[derive(Debug, Default)]
pub struct Board {
    last: u64,
    active: Vec<ActiveFault>,
    /// Newest first.
    events: VecDeque<FaultEvent>,
}

impl Board {
    /// Notes a fault that begins. There is one of a kind and component at a time.
    pub fn begin(
        &mut self,
        fault: Fault,
        by: FaultOrigin,
        now: OffsetDateTime,
    ) -> Result<FaultEvent, AlreadyActive> {
        let (kind, target) = (fault.kind(), fault.target());
        if self.active.iter().any(|active| (active.kind, active.target) == (kind, target)) {
            return Err(AlreadyActive);
        }
        self.last += 1;
        let event = FaultEvent {
            id: self.last,
            at: now,
            kind,
            target,
            seconds: fault.seconds(),
            by,
            outcome: FaultOutcome::Running,
            detail: None,
        };
        self.active.push(ActiveFault { id: event.id, kind, target, ends_at: now + fault.length() });
        self.events.push_front(event.clone());
        self.forget();
        Ok(event)
    }

    /// Notes that a fault was caused, and the name of the process that it hit.
    pub fn caused(&mut self, id: u64, detail: String, ends_at: OffsetDateTime) {
        if let Some(active) = self.active.iter_mut().find(|active| active.id == id) {
            active.ends_at = ends_at;
        }
        if let Some(event) = self.event(id) {
            event.detail = Some(detail);
        }
    }

    /// Notes that a fault is over: done, or failed for this reason.
    pub fn end(&mut self, id: u64, failure: Option<String>) {
        self.active.retain(|active| active.id != id);
        let Some(event) = self.event(id) else { return };
        match failure {
            Some(reason) => (event.outcome, event.detail) = (FaultOutcome::Failed, Some(reason)),
            None => event.outcome = FaultOutcome::Done,
        }
    }

    /// Returns the faults in progress.
    #[must_use]
    pub fn active(&self) -> Vec<ActiveFault> {
        self.active.clone()
    }

    /// Returns the last events, newest first.
    #[must_use]
    pub fn events(&self) -> Vec<FaultEvent> {
        self.events.iter().cloned().collect()
    }

    fn event(&mut self, id: u64) -> Option<&mut FaultEvent> {
        self.events.iter_mut().find(|event| event.id == id)
    }

    /// Drops the oldest events that are over. The few in progress stay.
    fn forget(&mut self) {
        while self.events.len() > KEPT {
            let ended = self.events.iter().rposition(|event| event.outcome != FaultOutcome::Running);
            let Some(at) = ended else { return };
            self.events.remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use estore_contract::demo::{FaultKind, FaultTarget};
    use time::{Duration, macros::datetime};

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-01-01 0:00 UTC);

    fn freeze(target: FaultTarget) -> Fault {
        Fault::new(FaultKind::Freeze, target, Some(10)).unwrap()
    }

    #[test]
    fn fault_is_active_from_begin_to_end() {
        let mut board = Board::default();
        let event = board.begin(freeze(FaultTarget::User), FaultOrigin::Button, NOW).unwrap();
        assert_eq!((event.id, event.outcome, event.detail), (1, FaultOutcome::Running, None));
        board.caused(1, "user-1".to_owned(), NOW + Duration::seconds(11));
        assert_eq!(board.active()[0].ends_at, NOW + Duration::seconds(11));
        board.end(1, None);
        assert_eq!((board.active(), board.events().len()), (Vec::new(), 1));
        let ended = &board.events()[0];
        assert_eq!((ended.outcome, ended.detail.as_deref()), (FaultOutcome::Done, Some("user-1")));
    }

    #[test]
    fn same_kind_and_target_is_refused_while_active() {
        let mut board = Board::default();
        let user = freeze(FaultTarget::User);
        let first = board.begin(user, FaultOrigin::Api, NOW).unwrap();
        assert_eq!(board.begin(user, FaultOrigin::Timetable, NOW), Err(AlreadyActive));
        let _other = board.begin(freeze(FaultTarget::Payment), FaultOrigin::Api, NOW).unwrap();
        let kill = Fault::new(FaultKind::Kill, FaultTarget::User, None).unwrap();
        let _other = board.begin(kill, FaultOrigin::Api, NOW).unwrap();
        board.end(first.id, Some("no pod".to_owned()));
        assert_eq!(board.begin(user, FaultOrigin::Api, NOW).unwrap().id, 4);
        let failed = &board.events()[3];
        assert_eq!((failed.outcome, failed.detail.as_deref()), (FaultOutcome::Failed, Some("no pod")));
    }

    #[test]
    fn last_hundred_events_are_kept_newest_first() {
        let mut board = Board::default();
        let long = board.begin(freeze(FaultTarget::User), FaultOrigin::Api, NOW).unwrap();
        for _ in 0..150 {
            let event = board.begin(freeze(FaultTarget::Payment), FaultOrigin::Api, NOW).unwrap();
            board.end(event.id, None);
        }
        let ids: Vec<u64> = board.events().iter().map(|event| event.id).collect();
        assert_eq!((ids.len(), ids[0], ids[98], ids[99]), (100, 151, 53, long.id));
    }
}
