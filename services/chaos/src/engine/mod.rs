//! Causes faults, ends them, and remembers them. The state is in memory: after a restart, the
//! platform ends what was left behind.

mod cause;
mod timetable;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use estore_base::clock::Clock;
use estore_contract::{
    FieldError,
    demo::{FaultEvent, FaultKind, FaultOption, FaultOrigin, FaultState, FaultTarget, Timetable},
};
use estore_telemetry::{jobs, metrics};
use futures::future::join_all;
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Error, Platform,
    domain::{Board, Fault},
    metrics::Metrics,
    switches::Switches,
};

/// The time that all faults get to end on request.
const ENDING: Duration = Duration::from_secs(20);
/// The time that they get as the program stops: less than the server gives its jobs.
const LEAVING: Duration = Duration::from_secs(8);
/// The pause between two attempts to recover.
const RECOVERY_PAUSE: Duration = Duration::from_secs(1);

/// Causes faults. Cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Parts>);

struct Parts {
    platform: Arc<dyn Platform>,
    switches: Switches,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
    board: Mutex<Board>,
    /// The faults in progress, by the number of their event. A token is cancelled to end its fault.
    tasks: watch::Sender<HashMap<u64, CancellationToken>>,
    timetable: watch::Sender<Option<Timetable>>,
    /// True once nothing is left of an earlier run.
    is_recovered: watch::Sender<bool>,
}

impl Engine {
    /// Creates an engine. It causes nothing before [`Self::recover`].
    pub fn new(
        platform: Arc<dyn Platform>,
        switches: Switches,
        clock: Arc<dyn Clock>,
        meter: &metrics::Meter,
        timetable: Option<Timetable>,
    ) -> Result<Self, metrics::Error> {
        let metrics = Metrics::new(meter, &offered(platform.as_ref()))?;
        Ok(Self(Arc::new(Parts {
            platform,
            switches,
            clock,
            metrics,
            board: Mutex::default(),
            tasks: watch::Sender::default(),
            timetable: watch::Sender::new(timetable),
            is_recovered: watch::Sender::new(false),
        })))
    }

    /// Ends what an earlier run left behind, repeatedly until it succeeds or `stop`.
    pub async fn recover(self, stop: jobs::Stop) {
        tokio::select! {
            () = stop.token().cancelled() => return,
            () = self.end_leftovers() => {}
        }
        // A job that ends stops the program.
        stop.token().cancelled().await;
        self.end_on_exit().await;
    }

    async fn end_leftovers(&self) {
        while let Err(error) = self.0.platform.recover().await {
            tracing::warn!(%error, "faults of an earlier run are not ended; will retry");
            sleep(RECOVERY_PAUSE).await;
        }
        self.0.is_recovered.send_replace(true);
    }

    /// Waits until nothing is left of an earlier run.
    async fn recovered(&self) {
        let mut state = self.0.is_recovered.subscribe();
        // The sender lives as long as this engine.
        let _state = state.wait_for(|is_recovered| *is_recovered).await;
    }

    /// Begins a fault, and returns its event while it is in progress.
    pub fn begin(&self, fault: Fault, by: FaultOrigin) -> Result<FaultEvent, Error> {
        if !*self.0.is_recovered.borrow() {
            return Err(Error::Recovering);
        }
        if !offers(self.0.platform.as_ref(), fault.kind(), fault.target()) {
            let message = format!("is not offered here for {}", fault.target().as_str());
            return Err(Error::Invalid(vec![FieldError::new("kind", message)]));
        }
        let mut board = self.board();
        // Under the lock: if all faults are ended now, this one is among them or does not begin.
        if by == FaultOrigin::Timetable && self.0.timetable.borrow().is_none() {
            return Err(Error::Removed);
        }
        let event = board.begin(fault, by, self.0.clock.now())?;
        let end = CancellationToken::new();
        self.0.tasks.send_modify(|tasks| drop(tasks.insert(event.id, end.clone())));
        drop(board);
        self.0.metrics.begun(event.kind, event.target);
        drop(tokio::spawn(self.clone().run(event.id, fault, by, end)));
        Ok(event)
    }

    /// Removes the timetable, and ends every fault. Returns an error if some take too long.
    pub async fn end_all(&self) -> Result<(), Error> {
        self.end_within(ENDING).await
    }

    async fn end_within(&self, limit: Duration) -> Result<(), Error> {
        let board = self.board();
        self.set_timetable(None);
        let tasks = self.0.tasks.borrow().clone();
        drop(board);
        for end in tasks.values() {
            end.cancel();
        }
        let ended = join_all(tasks.into_keys().map(|id| self.over(id)));
        timeout(limit, ended).await.map(drop).map_err(|_elapsed| Error::StillEnding)
    }

    /// Waits until this fault is over.
    async fn over(&self, id: u64) {
        let mut tasks = self.0.tasks.subscribe();
        // The sender lives as long as this engine.
        let _state = tasks.wait_for(|tasks| !tasks.contains_key(&id)).await;
    }

    /// Sets or removes the timetable. The same one begins again.
    pub fn set_timetable(&self, timetable: Option<Timetable>) {
        let is_known = self.0.timetable.send_replace(timetable).is_some();
        match timetable {
            Some(Timetable { seed, min_pause_seconds, max_pause_seconds }) => {
                tracing::info!(seed, min_pause_seconds, max_pause_seconds, "timetable of faults set");
            }
            None if is_known => tracing::info!("timetable of faults removed"),
            None => {}
        }
    }

    /// Returns the whole state.
    #[must_use]
    pub fn state(&self) -> FaultState {
        let timetable = *self.0.timetable.borrow();
        let board = self.board();
        FaultState {
            platform: self.0.platform.name(),
            kinds: offered(self.0.platform.as_ref()),
            active: board.active(),
            timetable,
            events: board.events(),
        }
    }

    /// Ends the faults that do not end by themselves, as the program stops.
    async fn end_on_exit(&self) {
        if let Err(error) = self.end_within(LEAVING).await {
            tracing::warn!(%error, "stopping; the next start ends them");
        }
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.0.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns all faults that are offered, always in the same order.
fn offered(platform: &dyn Platform) -> Vec<FaultOption> {
    let of = |kind: FaultKind| {
        let targets = kind.targets().iter().copied().filter(move |target| offers(platform, kind, *target));
        targets.map(move |target| FaultOption { kind, target, durations: kind.longest().is_some() })
    };
    FaultKind::ALL.into_iter().flat_map(of).collect()
}

fn offers(platform: &dyn Platform, kind: FaultKind, target: FaultTarget) -> bool {
    let is_ours = matches!(kind, FaultKind::Kill | FaultKind::Freeze | FaultKind::MailDown);
    !is_ours || platform.offers(kind, target)
}
