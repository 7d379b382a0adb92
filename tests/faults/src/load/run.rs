//! Many buyers at once, until told to stop.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use tokio::task::JoinSet;

use super::{Buyer, Refunder, Shelf, plan::shoppers};

/// Buyers at work. It stops when this is ended or dropped.
pub struct Load {
    shoppers: JoinSet<()>,
    stop: Arc<AtomicBool>,
    steps: Arc<AtomicU64>,
}

impl Load {
    /// Lets every one of `buyers` shop, each with dice of `seed`; `run` tells the keys of this load from those of others.
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

    /// What was done so far, in steps of buyers.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps.load(Ordering::Relaxed)
    }

    /// Lets everybody finish what they do.
    pub async fn end(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        while self.shoppers.join_next().await.is_some() {}
    }
}
