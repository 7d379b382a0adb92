//! The counters of the report on sales. The calls that move orders and money keep them.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::Currency;
use estore_stores::redis::Redis;
use redis::pipe;

use super::{TAG, listed::is_not_stale};
use crate::Error;

/// The number of days in one round trip. A day has some 200 counters.
const TOGETHER: usize = 50;

/// Returns the counters of these days, each a number since 1970, in a store that is not older than
/// `epoch`. A day without orders has none.
pub async fn read(
    redis: &Redis,
    epoch: i64,
    days: &[i64],
) -> Result<BTreeMap<i64, BTreeMap<String, String>>, Error> {
    let unexpected = |error: redis::ParsingError| Error::Unexpected(error.to_string());
    let mut found = BTreeMap::new();
    for days in days.chunks(TOGETHER) {
        let mut all = pipe();
        all.get(format!("{TAG}:epoch"));
        for day in days {
            all.hgetall(format!("{TAG}:sales:{day}"));
        }
        let mut answers: Vec<redis::Value> = all.query_async(&mut redis.connection()).await?;
        let counters = answers.split_off(1.min(answers.len()));
        let known = answers.pop().map(redis::from_redis_value).transpose();
        is_not_stale(known.map_err(unexpected)?.flatten(), epoch)?;
        for (day, counters) in days.iter().zip(counters) {
            found.insert(*day, redis::from_redis_value(counters).map_err(unexpected)?);
        }
    }
    Ok(found)
}

/// Returns the currencies in which the shop took money on these days, each a number since 1970. The
/// store may be stale.
pub async fn currencies(redis: &Redis, days: &[i64]) -> Result<BTreeSet<Currency>, Error> {
    let counters = read(redis, 0, days).await?;
    let fields = counters.values().flat_map(BTreeMap::keys);
    Ok(fields.filter_map(|field| field.split_once(":revenue:")?.1.parse().ok()).collect())
}
