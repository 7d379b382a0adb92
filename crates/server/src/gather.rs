//! Gathers concurrent callers, so that one call answers them all. Most of the cost of a call is in
//! its round trip.

use std::{
    mem,
    sync::{Mutex, PoisonError},
};

use tokio::sync::oneshot;

use crate::carry;

/// A question, and the caller that waits for its answer.
pub type Waiting<Q, A> = (Q, oneshot::Sender<A>);

/// Adds `question` to those that wait, and returns its answer, or `None` if `work` panicked. The
/// caller that gets its `permit` does `work` for all that wait, so each call belongs to the trace
/// of one of them.
pub async fn gather<Q, A, P, W>(
    waiting: &Mutex<Vec<Waiting<Q, A>>>,
    question: Q,
    permit: impl Future<Output = P>,
    work: impl FnOnce(Vec<Waiting<Q, A>>, P) -> W,
) -> Option<A>
where
    W: Future<Output = ()> + Send + 'static,
{
    let waiting = || waiting.lock().unwrap_or_else(PoisonError::into_inner);
    let (caller, mut answer) = oneshot::channel();
    waiting().push((question, caller));
    let answer = tokio::select! {
        biased;
        answer = &mut answer => answer,
        permit = permit => {
            let batch = mem::take(&mut *waiting());
            // A task of its own, since others need the answer even if this client hangs up.
            tokio::spawn(carry(work(batch, permit)));
            answer.await
        }
    };
    answer.ok()
}
