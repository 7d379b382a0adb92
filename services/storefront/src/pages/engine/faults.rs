//! The block of faults: those in progress, and the last events.

use askama::Template;
use estore_contract::demo::{ActiveFault, FaultEvent, FaultPlatform, FaultState};

use super::forms::label;
use crate::{
    engine::Snapshot,
    pages::Frame,
    texts::engine::{self as words, numbers},
};

/// The most events that are shown.
const MOST: usize = 10;

#[derive(Template)]
#[template(path = "engine/faults.html")]
pub(super) struct Block<'a> {
    page: &'a Frame,
    snapshot: &'a Snapshot,
    /// Says why there is nothing to show.
    problem: Option<String>,
    faults: Option<&'a FaultState>,
}

impl<'a> Block<'a> {
    pub(super) fn of(page: &'a Frame, snapshot: &'a Snapshot) -> Self {
        let name = page.t.engine.faults.name;
        let problem = snapshot.faults.as_ref().err().map(|error| words::tool(name, error, page.locale));
        Self { page, snapshot, problem, faults: snapshot.faults.as_ref().ok() }
    }

    fn platform(&self, faults: &FaultState) -> &'static str {
        match faults.platform {
            FaultPlatform::Pods => self.page.t.engine.faults.pods,
            FaultPlatform::Processes => self.page.t.engine.faults.processes,
        }
    }

    fn active(&self, fault: &ActiveFault) -> String {
        label(fault.kind, words::target(fault.kind, fault.target), self.page.locale)
    }

    fn left(&self, fault: &ActiveFault) -> String {
        let left = (fault.ends_at - self.snapshot.at).as_seconds_f64().ceil().max(0.0);
        numbers::span(left.max(1.0), self.page.locale)
    }

    #[expect(clippy::unused_self, reason = "templates call it on the block")]
    fn events(&self, faults: &'a FaultState) -> impl Iterator<Item = &'a FaultEvent> {
        faults.events.iter().take(MOST)
    }

    fn event(&self, event: &FaultEvent) -> String {
        let name = label(event.kind, words::target(event.kind, event.target), self.page.locale);
        event.seconds.map_or_else(|| name.clone(), |seconds| format!("{name}, {seconds} s"))
    }

    #[expect(clippy::unused_self, reason = "templates call it on the block")]
    fn clock(&self, event: &FaultEvent) -> String {
        let at = event.at.to_offset(time::UtcOffset::UTC);
        format!("{:02}:{:02}:{:02} UTC", at.hour(), at.minute(), at.second())
    }

    fn by(&self, event: &FaultEvent) -> &'static str {
        words::origin(event.by, self.page.locale)
    }

    fn outcome(&self, event: &FaultEvent) -> &'static str {
        words::outcome(event.outcome, self.page.locale)
    }
}
