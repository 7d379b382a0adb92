//! Cells that are taken several at a time and spent from memory, where a request is too cheap to be worth a question each.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use moka::future::Cache;
use tokio::sync::Mutex;

use super::buckets::{Bucket, Buckets, Key, StoreError, Taken};

/// The most cells that are taken at once; a tenth of the bucket at most, so that no replica holds what another needs.
const BATCH: u32 = 20;
/// How long they may be kept: so many cells for each replica may be spent beside what the bucket admits.
const LIFE: Duration = Duration::from_mins(1);
/// How many buckets are remembered; each takes a few hundred bytes.
const CAPACITY: u64 = 20_000;

/// The cells that this process holds.
pub(super) struct Leases(Cache<Key, Arc<Mutex<Lease>>>);

#[derive(Default)]
struct Lease {
    cells: u32,
    /// What the bucket had left beside them.
    room: Duration,
    taken: Option<Instant>,
}

impl Leases {
    pub(super) fn new() -> Self {
        Self(Cache::builder().max_capacity(CAPACITY).time_to_idle(LIFE).build())
    }

    /// Takes a cell: one that is here, or a batch of them.
    pub(super) async fn take(&self, buckets: &Buckets, bucket: &Bucket) -> Result<Taken, StoreError> {
        let policy = bucket.rule.policy;
        let lease = self.0.get_with(bucket.key, async { Arc::default() }).await;
        // Held while the store is asked: of many requests at once one asks, and the others spend what it brings.
        let mut lease = lease.lock().await;
        let fresh = lease.taken.is_some_and(|taken| taken.elapsed() < LIFE);
        if lease.cells == 0 || !fresh {
            let taken = buckets.take(&[*bucket], (policy.burst() / 10).clamp(1, BATCH)).await?;
            if taken.granted == 0 {
                return Ok(taken);
            }
            let room = taken.rooms.first().copied().unwrap_or_default();
            *lease = Lease { cells: taken.granted, room, taken: Some(Instant::now()) };
        }
        lease.cells -= 1;
        let room = lease.room + policy.interval() * lease.cells;
        Ok(Taken { granted: 1, rooms: vec![room.min(policy.window())] })
    }
}
