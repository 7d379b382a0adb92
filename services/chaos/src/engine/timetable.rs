//! The job that follows the timetable: one fault after another, each in a shop that is ready.

use std::time::Duration;

use estore_contract::demo::{FaultKind, FaultOrigin, FaultTarget, Timetable};
use estore_telemetry::jobs;
use tokio::time::{sleep, timeout};

use super::{Engine, cause::LIMIT};
use crate::{Error, domain::Sequence};

/// The pause between two looks whether the shop is ready.
const LOOK: Duration = Duration::from_millis(250);
/// The pause after a fault that could not begin, as when a person caused the same one.
const SKIPPED: Duration = Duration::from_secs(1);

impl Engine {
    /// Follows the timetable until `stop`. A new timetable begins at once.
    pub async fn follow_timetable(self, stop: jobs::Stop) {
        let mut changes = self.0.timetable.subscribe();
        loop {
            let table = *changes.borrow_and_update();
            tokio::select! {
                () = stop.token().cancelled() => return,
                outcome = changes.changed() => if outcome.is_err() { return },
                () = self.follow(table) => {}
            }
        }
    }

    /// Causes the faults of a timetable; without one, waits forever.
    async fn follow(&self, table: Option<Timetable>) {
        let Some(table) = table else { return std::future::pending().await };
        // Before that nothing can begin, and the first steps would be lost.
        self.recovered().await;
        let options = super::offered(self.0.platform.as_ref());
        for step in Sequence::new(table, options) {
            self.wait_until_ready().await;
            sleep(step.pause).await;
            // A person may have caused a fault during the pause.
            self.wait_until_ready().await;
            match self.begin(step.fault, FaultOrigin::Timetable) {
                Ok(event) => self.over(event.id).await,
                Err(Error::AlreadyActive(_)) => {
                    let (kind, target) = (step.fault.kind().as_str(), step.fault.target().as_str());
                    tracing::info!(kind, target, "fault of the timetable is active already; skipped");
                }
                Err(error) => {
                    tracing::warn!(%error, "fault of the timetable cannot begin; skipped");
                    sleep(SKIPPED).await;
                }
            }
        }
        // No fault is offered here.
        std::future::pending::<()>().await;
    }

    /// Waits until each component is ready.
    async fn wait_until_ready(&self) {
        let mut waits_for = None;
        while let Some(target) = self.unready().await {
            if waits_for != Some(target) {
                tracing::info!(target = target.as_str(), "timetable waits until this component is ready");
                waits_for = Some(target);
            }
            sleep(LOOK).await;
        }
    }

    /// Returns a component that is not ready, or cannot be seen.
    async fn unready(&self) -> Option<FaultTarget> {
        let platform = &self.0.platform;
        for target in FaultKind::Kill.targets() {
            if !platform.offers(FaultKind::Kill, *target) {
                continue;
            }
            match timeout(LIMIT, platform.is_ready(*target)).await {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) | Err(_) => return Some(*target),
                Ok(Err(error)) => {
                    tracing::debug!(target = target.as_str(), %error, "component cannot be seen");
                    return Some(*target);
                }
            }
        }
        None
    }
}
