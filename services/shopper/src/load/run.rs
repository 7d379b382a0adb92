//! Many buyers at once, until the load ends.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use tokio::task::JoinSet;

use super::{Buyer, Refunder, Shelf, plan::shoppers};

/// A load of buyers. It stops when it is ended or dropped.
pub struct Load {
    shoppers: JoinSet<()>,
    stop: Arc<AtomicBool>,
    steps: Arc<AtomicU64>,
}

impl Load {
    /// Starts a load of `buyers`, each with a generator seeded by `seed`. `run` distinguishes the
    /// keys of this load from those of others.
    #[must_use]
    pub fn begin(buyers: &[Arc<Buyer>], admin: &Arc<Refunder>, shelf: &Shelf, run: u64, seed: u64) -> Self {
        let (stop, steps) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let mut at_work = JoinSet::new();
        for mut shopper in shoppers(buyers, admin, shelf, run, seed) {
            let (stop, steps) = (stop.clone(), steps.clone());
            at_work.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    shopper.step().await;
                    steps.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        Self { shoppers: at_work, stop, steps }
    }

    /// Returns the number of buyers' steps so far.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps.load(Ordering::Relaxed)
    }

    /// Waits for the steps in progress, then ends.
    pub async fn end(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        while self.shoppers.join_next().await.is_some() {}
    }
}
