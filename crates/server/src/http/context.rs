//! The slot that a request holds among the requests in progress.

use std::sync::Arc;

use estore_base::request_id::RequestId;
use estore_telemetry::{metrics::Counted, trace};

use super::Slot;

tokio::task_local! {
    /// The slot of the request that this task serves, if it needs one.
    static HELD: Option<Held>;
}

/// A slot among the requests in progress, and its count in the metrics.
pub(super) type Held = Arc<(Slot, Option<Counted>)>;

/// Runs `work` as a part of the request that holds `slot`.
pub(super) fn hold<F: Future>(slot: Option<Held>, work: F) -> impl Future<Output = F::Output> {
    HELD.scope(slot, work)
}

/// Wraps `work` in the context of the current request, so that it can be spawned. It then continues
/// if the client hangs up, and its calls and log lines keep the request's id and trace. It also
/// keeps the request's slot.
pub fn carry<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let id = RequestId::current();
    let slot = HELD.try_with(Clone::clone).ok().flatten();
    let work = hold(slot, trace::carry(work));
    async move {
        match id {
            Some(id) => id.scope(work).await,
            None => work.await,
        }
    }
}
