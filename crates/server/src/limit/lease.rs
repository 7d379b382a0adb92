//! Leases of cells: taken several at a time and spent from memory. They serve requests too cheap
//! for a call to the store each.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use moka::future::Cache;
use tokio::sync::Mutex;

use super::buckets::{Bucket, Buckets, Key, StoreError, Taken};

/// The maximum number of cells taken at once. It is also limited to a tenth of the bucket, so that
/// no replica holds cells that another needs.
const BATCH: u32 = 20;
/// The lifetime of a lease. Up to one batch for each replica may be spent in addition to the
/// bucket's own cells.
const LIFE: Duration = Duration::from_mins(1);
/// The maximum number of leases kept; each takes a few hundred bytes.
const CAPACITY: u64 = 20_000;

/// The cells that this process holds.
pub(super) struct Leases(Cache<Key, Arc<Mutex<Lease>>>);

#[derive(Default)]
struct Lease {
    cells: u32,
    /// The room left in the bucket, without these cells.
    room: Duration,
    taken: Option<Instant>,
}

impl Leases {
    pub(super) fn new() -> Self {
        Self(Cache::builder().max_capacity(CAPACITY).time_to_idle(LIFE).build())
    }

    /// Takes a cell from memory, or a new batch from the store.
    pub(super) async fn take(&self, buckets: &Buckets, bucket: &Bucket) -> Result<Taken, StoreError> {
        let policy = bucket.rule.policy;
        let lease = self.0.get_with(bucket.key, async { Arc::default() }).await;
        // Held during the call to the store. Of many concurrent requests, one calls, and the others
        // spend the cells that it gets.
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
