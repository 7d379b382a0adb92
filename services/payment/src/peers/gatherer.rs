//! Sends the changes of reservations of concurrent orders together. Most of the cost of a call is
//! in its hop, on both sides.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::http::Method;
use estore_client::{PeerClient, PeerError};
use estore_contract::{
    PeerName,
    reservation::{BatchOutcomes, Reservation, ReservationBatch, ReservationChange, ReservationOutcome},
};
use estore_server::gather;
use futures::future::join_all;
use tokio::{
    sync::{Semaphore, oneshot},
    time::timeout,
};

/// The number of permits. Changes that find none gather until one is free.
const PERMITS: usize = 2;
/// The longest time that a change waits for a permit. After it, the change goes without one, so
/// that calls that hang delay no other order for longer.
const PATIENCE: Duration = Duration::from_millis(250);
/// The most changes in a batch, which is the limit of Inventory's document.
const CHANGES: usize = 100;
/// The most lines in a batch, well below the size that Inventory reads. An order has at most 100.
const LINES: usize = 1_000;

type Outcome = Result<Reservation, PeerError>;
type Waiting = estore_server::Waiting<ReservationChange, Outcome>;

/// Sends changes of reservations. Cheap to clone.
#[derive(Clone)]
pub(super) struct Gatherer(Arc<Shared>);

struct Shared {
    peer: PeerClient,
    permits: Arc<Semaphore>,
    waiting: Mutex<Vec<Waiting>>,
}

impl Gatherer {
    pub(super) fn new(peer: PeerClient) -> Self {
        let permits = Arc::new(Semaphore::new(PERMITS));
        Self(Arc::new(Shared { peer, permits, waiting: Mutex::default() }))
    }

    /// Makes a change. Takes at most [`PATIENCE`] and the time of two calls: of the batch, and of
    /// the change alone if the batch settled nothing.
    ///
    /// If a caller gives up, its change may still be made, as when it gives up during a call of its
    /// own. Such a change comes late, and order-flow section 3 has a tombstone against that.
    pub(super) async fn change(&self, change: ReservationChange) -> Outcome {
        let permit = timeout(PATIENCE, self.0.permits.clone().acquire_owned());
        let send = |waiting, permit| self.0.clone().send(waiting, permit);
        let outcome = gather(&self.0.waiting, change, permit, send).await;
        // Only a panic drops a caller.
        outcome.unwrap_or_else(|| Err(unknown("the call ended early")))
    }
}

impl Shared {
    async fn send(self: Arc<Self>, waiting: Vec<Waiting>, permit: impl Send) {
        let unsettled = join_all(batches(waiting).into_iter().map(|batch| self.together(batch))).await;
        drop(permit);
        join_all(unsettled.into_iter().flatten().map(|one| self.alone(one))).await;
    }

    /// Sends a batch. Returns the changes that must be sent alone.
    async fn together(&self, mut batch: Vec<Waiting>) -> Vec<Waiting> {
        if batch.len() < 2 {
            if let Some(one) = batch.pop() {
                self.alone(one).await;
            }
            return batch;
        }
        let changes = batch.iter().map(|(change, _)| change.clone()).collect();
        let request = ReservationBatch { changes };
        let answer = self.peer.call(Method::POST, "/internal/reservations/batch", Some(&request)).await;
        settle(batch, answer)
    }

    async fn alone(&self, (change, caller): Waiting) {
        let outcome = match change {
            ReservationChange::Reserve(request) => {
                self.peer.call(Method::POST, "/internal/reservations", Some(&request)).await
            }
            ReservationChange::Confirm(order) => {
                let path = format!("/internal/reservations/{order}/confirm");
                self.peer.call(Method::POST, &path, None::<&()>).await
            }
        };
        answer(caller, outcome);
    }
}

/// Cuts the changes that wait into batches, and drops those whose callers gave up.
fn batches(waiting: Vec<Waiting>) -> Vec<Vec<Waiting>> {
    let mut batches: Vec<Vec<Waiting>> = Vec::new();
    let mut filled = 0;
    for one in waiting.into_iter().filter(|(_, caller)| !caller.is_closed()) {
        let lines = match &one.0 {
            ReservationChange::Reserve(request) => request.items.len(),
            ReservationChange::Confirm(_) => 1,
        };
        filled += lines;
        match batches.last_mut() {
            Some(batch) if batch.len() < CHANGES && filled <= LINES => batch.push(one),
            _ => {
                filled = lines;
                batches.push(vec![one]);
            }
        }
    }
    batches
}

/// Gives the callers of a batch their outcomes. Returns the changes that must be sent alone:
///
/// - all, if the peer rejected the batch. Its version has no batches, or one change spoils it;
/// - those without a final outcome, because a call by itself is retried.
///
/// If the call failed, all outcomes are unknown.
fn settle(batch: Vec<Waiting>, answered: Result<BatchOutcomes, PeerError>) -> Vec<Waiting> {
    let outcomes = match answered {
        Ok(BatchOutcomes { outcomes }) if outcomes.len() == batch.len() => outcomes,
        Err(PeerError::Answered(..)) => return batch,
        failed => {
            let error = failed.err().unwrap_or_else(|| unknown("the outcomes are not those of the batch"));
            for (_, caller) in batch {
                answer(caller, Err(error.clone()));
            }
            return Vec::new();
        }
    };
    let mut unsettled = Vec::new();
    for (one, outcome) in batch.into_iter().zip(outcomes) {
        let outcome = match outcome {
            ReservationOutcome::Done(reservation) => Ok(reservation),
            ReservationOutcome::Refused(body) => Err(PeerError::of_entry(PeerName::Inventory, body)),
        };
        match outcome {
            Err(PeerError::Unknown { .. }) => unsettled.push(one),
            settled => answer(one.1, settled),
        }
    }
    unsettled
}

fn answer(caller: oneshot::Sender<Outcome>, outcome: Outcome) {
    // A caller that gave up needs no answer.
    let _gone = caller.send(outcome);
}

fn unknown(reason: &str) -> PeerError {
    PeerError::Unknown { peer: PeerName::Inventory, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests;
