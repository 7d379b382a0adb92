//! The stores that count cells.

use std::time::Duration;

use estore_stores::redis::Redis;
use sqlx::PgPool;

use super::{postgres, redis, rules::Rule};

/// The store of a service's buckets. It is the service's own, so that limits add no dependency.
#[derive(Clone)]
pub enum Buckets {
    /// Redis, through the library [`LIBRARY`](super::LIBRARY).
    Redis(Redis),
    /// Postgres, through the function `take_cells`, which the service's migrations create.
    Postgres(PgPool),
}

/// A bucket's name in its store: a keyed hash of its owner.
pub(super) type Key = [u8; 16];

/// A bucket to take from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bucket {
    pub(super) rule: Rule,
    pub(super) key: Key,
}

/// The result of taking cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Taken {
    /// The number of cells taken, the same from each bucket.
    pub(super) granted: u32,
    /// The room left in each bucket, as the time in which it accrued.
    pub(super) rooms: Vec<Duration>,
}

/// The error if the store does not answer, or answers with something unexpected.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoreError {
    #[error("the rate limits cannot be read: {0}")]
    Redis(#[from] ::redis::RedisError),
    #[error("the rate limits cannot be read: {0}")]
    Postgres(#[from] sqlx::Error),
    #[error("unexpected answer of the rate limit store: {0:?}")]
    Answer(Vec<i64>),
}

impl Buckets {
    /// Takes as many cells as all of `buckets` admit, at most `most`, from each of them. If one of
    /// them admits none, none is charged.
    pub(super) async fn take(&self, buckets: &[Bucket], most: u32) -> Result<Taken, StoreError> {
        let answer = match self {
            Self::Redis(store) => redis::take(store, buckets, most).await?,
            Self::Postgres(store) => postgres::take(store, buckets, most).await?,
        };
        let parsed = match answer.split_first() {
            Some((granted, rooms)) if rooms.len() == buckets.len() => {
                let room = |room: &i64| u64::try_from(*room).map(Duration::from_micros).ok();
                let rooms = rooms.iter().map(room).collect::<Option<_>>();
                u32::try_from(*granted).ok().zip(rooms).map(|(granted, rooms)| Taken { granted, rooms })
            }
            _ => None,
        };
        parsed.ok_or(StoreError::Answer(answer))
    }
}

/// Returns a duration as the stores count it.
pub(super) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
