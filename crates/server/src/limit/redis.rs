//! Buckets in Redis.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use estore_stores::redis::{Library, Redis, fcall};
use redis::RedisError;

use super::buckets::{Bucket, micros};

/// The required function library.
pub const LIBRARY: Library = Library { name: "lim1", version: 1 };

/// The hash tag of every key.
const TAG: &str = "{lim}";

/// Returns the number of cells taken, and the room left in each bucket.
pub(super) async fn take(redis: &Redis, buckets: &[Bucket], most: u32) -> Result<Vec<i64>, RedisError> {
    let mut call = fcall("lim1_take", TAG);
    call.arg(most);
    for Bucket { rule, key } in buckets {
        call.arg(format!("{}:{}", rule.name, URL_SAFE_NO_PAD.encode(key)));
        call.arg(micros(rule.policy.interval())).arg(rule.policy.burst());
    }
    call.query_async(&mut redis.connection()).await
}
