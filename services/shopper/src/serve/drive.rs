//! The job that lets buyers take steps at the rate of the dial, however long the answers take, as
//! independent customers do.

use std::{sync::Arc, time::Duration};

use estore_telemetry::jobs::Stop;
use fastrand::Rng;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

use super::{App, app::Turned, steps};

/// The longest time by which steps are made up for. Older ones count as late, so that a pause of
/// the program is not followed by a flood.
const BEHIND: Duration = Duration::from_secs(1);

/// The steps in progress, and the time of the next one.
struct Drive {
    app: App,
    dice: Rng,
    busy: JoinSet<()>,
    /// `None` if the dial is at 0 or the shop is not ready.
    next: Option<Instant>,
    count: u64,
}

/// Runs until `stop`. Steps in progress then end without an outcome.
pub(super) async fn run(app: App, stop: Stop) {
    let (mut turns, dice) = (app.turned(), Rng::with_seed(app.seed));
    let mut drive = Drive { app, dice, busy: JoinSet::new(), next: None, count: 0 };
    loop {
        let turned = *turns.borrow_and_update();
        if drive.next.is_none() {
            drive.plan(Instant::now(), &turned);
        }
        // The branch of a step is off without one.
        let next = drive.next.unwrap_or_else(Instant::now);
        tokio::select! {
            () = stop.token().cancelled() => return,
            // The next step is planned again, at the new rate.
            _ = turns.changed() => drive.next = None,
            Some(done) = drive.busy.join_next() => {
                if let Err(error) = done {
                    tracing::error!(%error, "step of a buyer panicked; the buyer is lost");
                }
            }
            () = sleep_until(next), if drive.next.is_some() => drive.begin(next, &turned),
        }
    }
}

impl Drive {
    /// Plans the step after the one at `last`.
    fn plan(&mut self, last: Instant, turned: &Turned) {
        let pause = turned.dial.pause(self.dice.f64()).filter(|_| turned.ready);
        self.next = pause.map(|pause| last + pause);
    }

    /// Begins the step that was planned for `at`, and plans the next one.
    fn begin(&mut self, at: Instant, turned: &Turned) {
        self.plan(at, turned);
        let (kind, seed) = (turned.dial.pick(self.dice.f64()), self.dice.u64(..));
        let free = if at.elapsed() < BEHIND { self.app.people.take() } else { None };
        let Some(buyer) = free else {
            self.app.metrics.late.inc();
            return;
        };
        self.count += 1;
        let (app, key) = (self.app.clone(), format!("{}-{}", self.app.start, self.count));
        self.busy.spawn(async move {
            steps::take(&app, &buyer, kind, (key, Rng::with_seed(seed))).await;
            app.people.give_back(Arc::clone(&buyer));
        });
    }
}
