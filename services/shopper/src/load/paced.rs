//! A load that keeps its rate however long answers take, as independent customers do.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use tokio::{
    task::{JoinHandle, JoinSet},
    time::interval,
};

use super::{
    Buyer, Refunder, Shelf,
    plan::{Shopper, shoppers},
};

/// The average number of orders in a step of a buyer: other steps refund and read.
pub const ORDERS_A_STEP: f64 = 0.86;

/// A load of buyers at a fixed rate.
pub struct Paced {
    stop: Arc<AtomicBool>,
    work: JoinHandle<Pace>,
}

/// The measured pace.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pace {
    /// Steps that began.
    pub begun: u64,
    /// Steps without a free buyer, because the shop was too slow.
    pub late: u64,
}

impl Paced {
    /// Begins `rate` steps a second, each by a free buyer.
    #[must_use]
    pub fn begin(
        buyers: &[Arc<Buyer>],
        admin: &Arc<Refunder>,
        shelf: &Shelf,
        (run, seed): (u64, u64),
        rate: f64,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let free: VecDeque<Shopper> = shoppers(buyers, admin, shelf, run, seed).into();
        let work = tokio::spawn(keep(free, rate, stop.clone()));
        Self { stop, work }
    }

    /// Begins no more steps, and waits for those in progress.
    pub async fn end(self) -> Result<Pace> {
        self.stop.store(true, Ordering::Relaxed);
        Ok(self.work.await?)
    }
}

async fn keep(mut free: VecDeque<Shopper>, rate: f64, stop: Arc<AtomicBool>) -> Pace {
    let (mut ticks, mut pace) = (interval(Duration::from_secs_f64(1.0 / rate)), Pace::default());
    let mut busy = JoinSet::new();
    while !stop.load(Ordering::Relaxed) {
        ticks.tick().await;
        while let Some(done) = busy.try_join_next() {
            free.extend(done);
        }
        // Takes the buyer who has been free the longest, so that all take part.
        let Some(mut shopper) = free.pop_front() else {
            pace.late += 1;
            continue;
        };
        pace.begun += 1;
        busy.spawn(async move {
            shopper.step().await;
            shopper
        });
    }
    while busy.join_next().await.is_some() {}
    pace
}
