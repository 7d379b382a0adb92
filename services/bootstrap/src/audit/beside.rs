//! Parts that are read beside each other, so that Redis and all cores have work.

use std::{collections::VecDeque, future::Future};

use anyhow::Result;
use tokio::task::JoinHandle;

/// The number of parts in progress. With two, Redis and two cores had nothing to do for 38 % of an
/// audit of a million orders.
const AT_ONCE: usize = 4;

/// The parts in progress, oldest first.
pub(super) struct Beside<T>(VecDeque<JoinHandle<Result<T>>>);

impl<T: Send + 'static> Beside<T> {
    pub(super) fn new() -> Self {
        Self(VecDeque::new())
    }

    /// Begins a part. Returns the result of the oldest if as many are in progress as may be.
    pub(super) async fn begin(
        &mut self,
        part: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<Option<T>> {
        self.0.push_back(tokio::spawn(part));
        if self.0.len() < AT_ONCE { Ok(None) } else { self.next().await }
    }

    /// Returns the result of the oldest part. Returns `None` after the last.
    pub(super) async fn next(&mut self) -> Result<Option<T>> {
        match self.0.pop_front() {
            Some(part) => Ok(Some(part.await??)),
            None => Ok(None),
        }
    }
}
