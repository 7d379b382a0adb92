//! The job that delivers the entries of a queue.

use std::{fmt::Display, sync::Arc, time::Duration};

use estore_base::{clock::Clock, random};
use estore_telemetry::{
    jobs::{self, Stop},
    metrics::{Outbox, Waiting},
    trace::{self, Span},
};
use futures::future::join_all;
use sqlx::PgPool;
use time::OffsetDateTime;
use tokio::{
    sync::{Mutex, Notify},
    time::Instant,
};

use super::{Claimed, Lease, Queue};
use crate::pg;

/// The worker of a queue in this replica.
pub struct Worker<E: 'static> {
    queue: &'static Queue<E>,
    /// The database with the queue.
    pub database: PgPool,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    wake: Arc<Notify>,
    metrics: Outbox,
}

impl<E> Worker<E> {
    /// Creates a worker. `wake` is notified once an entry is committed.
    #[must_use]
    pub fn new(
        queue: &'static Queue<E>,
        database: &PgPool,
        clock: &Arc<dyn Clock>,
        wake: &Arc<Notify>,
        metrics: &Outbox,
    ) -> Self {
        let (database, clock, wake) = (database.clone(), clock.clone(), wake.clone());
        Self { queue, database, clock, wake, metrics: metrics.clone() }
    }

    /// Claims batches until `stop`, and runs `deliver` with each. `deliver` records the outcomes;
    /// entries without one are claimed again after the lease.
    pub async fn run<D, X>(&self, stop: &Stop, deliver: impl Fn(Vec<Claimed<E>>) -> D)
    where
        D: Future<Output = Result<(), X>>,
        X: Display + From<sqlx::Error>,
    {
        let shown = Mutex::new(None);
        jobs::poll(stop, &self.wake, self.queue.pace.period, || self.step(&deliver, &shown)).await;
    }

    async fn step<D, X>(
        &self,
        deliver: &impl Fn(Vec<Claimed<E>>) -> D,
        shown: &Mutex<Option<Shown>>,
    ) -> Result<bool, X>
    where
        D: Future<Output = Result<(), X>>,
        X: From<sqlx::Error>,
    {
        let claimed = pg::within(self.queue.claim(&self.database, self.clock.now())).await?;
        let more = !claimed.is_empty();
        if more {
            deliver(claimed).await?;
        }
        self.show(shown, more).await;
        Ok(more)
    }

    /// Runs `deliver` with each entry, and the entries of a batch at once. Ends an entry with `set`
    /// if it was delivered, and retries it otherwise.
    pub async fn run_each<D, X>(&self, stop: &Stop, set: &'static str, deliver: impl Fn(E) -> D)
    where
        D: Future<Output = Result<(), X>>,
        X: Display,
    {
        let all = |batch: Vec<Claimed<E>>| {
            let delivered = join_all(batch.into_iter().map(|claimed| self.one(claimed, set, &deliver)));
            async move { delivered.await.into_iter().collect::<Result<(), sqlx::Error>>() }
        };
        self.run(stop, all).await;
    }

    async fn one<D, X>(
        &self,
        claimed: Claimed<E>,
        set: &'static str,
        deliver: &impl Fn(E) -> D,
    ) -> Result<(), sqlx::Error>
    where
        D: Future<Output = Result<(), X>>,
        X: Display,
    {
        let span = self.span(&claimed);
        let Claimed { lease, since, entry, .. } = claimed;
        let work = async {
            let Err(error) = deliver(entry).await else { return self.end(&lease, set).await };
            let Lease { id, part, attempts } = &lease;
            tracing::warn!(outbox = self.queue.name, %id, part, attempts, %error, "delivery failed; will retry");
            self.retry(&lease, since).await
        };
        span.run(work).await
    }

    /// Begins the processing of an entry: a trace of its own, with a link to its cause.
    pub fn span(&self, claimed: &Claimed<E>) -> Span {
        trace::process(self.queue.name, claimed.cause.as_ref())
    }

    /// Ends an entry, as [`Queue::end`] does.
    pub async fn end(&self, lease: &Lease, set: &'static str) -> Result<(), sqlx::Error> {
        let held = pg::within(self.queue.end(&self.database, lease, set, self.clock.now())).await?;
        self.note(lease, held);
        Ok(())
    }

    /// Makes an entry due again after a pause, or gives it up if it is too old.
    pub async fn retry(&self, lease: &Lease, since: OffsetDateTime) -> Result<(), sqlx::Error> {
        let now = self.clock.now();
        if let Some((_, set)) = self.queue.patience.filter(|(longest, _)| now - since >= *longest) {
            return self.end(lease, set).await;
        }
        let pause = self.queue.pace.pause(lease.attempts, random::fraction());
        let held = pg::within(self.queue.postpone(&self.database, lease, now + pause)).await?;
        self.note(lease, held);
        Ok(())
    }

    fn note(&self, lease: &Lease, held: bool) {
        if !held {
            let Lease { id, attempts, .. } = lease;
            tracing::info!(outbox = self.queue.name, %id, attempts, "lease has ended; outcome is not recorded");
        }
    }

    /// Shows the number of waiting entries, if the last count was long enough ago. A failed count
    /// holds up no delivery.
    async fn show(&self, shown: &Mutex<Option<Shown>>, more: bool) {
        let mut shown = shown.lock().await;
        let is_early =
            |Shown { at, cost, .. }: &Shown| at.elapsed() < self.queue.pace.between_counts(*cost, more);
        if shown.as_ref().is_some_and(is_early) {
            return;
        }
        let began = Instant::now();
        let waiting = match pg::within(self.queue.waiting(&self.database)).await {
            Ok(waiting) => waiting,
            Err(error) => {
                tracing::warn!(outbox = self.queue.name, %error, "cannot count the waiting entries; will retry");
                let last = shown.as_ref().map(|shown| shown.waiting);
                self.uncounted(last)
            }
        };
        self.metrics.show(waiting, self.clock.now());
        *shown = Some(Shown { at: Instant::now(), cost: began.elapsed(), waiting });
    }

    /// Returns what to show if a count failed, as it does in a queue that is too long to count. The
    /// age grows from the last oldest entry on, or else from now, so that an alert fires.
    fn uncounted(&self, last: Option<Waiting>) -> Waiting {
        let Waiting { depth, oldest } = last.unwrap_or(Waiting { depth: 0, oldest: None });
        Waiting { depth, oldest: Some(oldest.unwrap_or_else(|| self.clock.now())) }
    }
}

/// The last count of the waiting entries.
struct Shown {
    at: Instant,
    cost: Duration,
    waiting: Waiting,
}
