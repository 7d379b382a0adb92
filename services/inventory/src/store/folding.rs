//! Products whose words were computed by an older version of this service.

use estore_contract::Sku;
use estore_stores::redis::{Redis, fcall, fcall_ro};
use redis::{FromRedisValue, Value};

use super::{
    TAG,
    catalog::{self, Doc},
};
use crate::{Error, domain::WORDING};

/// The number of products that one call inspects.
const SLICE: usize = 100;

/// Goes through all products once, and rewrites the words that older rules computed. Returns the
/// number of rewritten products.
pub async fn refresh(redis: &Redis) -> Result<u64, Error> {
    let (mut written, mut place) = (0, "0".to_owned());
    while !place.is_empty() {
        let rows: Vec<Value> = fcall_ro("inv1_outdated", TAG)
            .arg(WORDING)
            .arg(&place)
            .arg(SLICE)
            .query_async(&mut redis.connection())
            .await?;
        let mut rows = rows.into_iter();
        let next = rows.next().map(String::from_redis_value).transpose();
        place = next.map_err(redis::RedisError::from)?.unwrap_or_default();
        for row in rows {
            let row = <(String, String, String)>::from_redis_value(row).map_err(redis::RedisError::from)?;
            written += write(redis, row).await?;
        }
    }
    Ok(written)
}

async fn write(redis: &Redis, (sku, version, doc): (String, String, String)) -> Result<u64, Error> {
    let unreadable = |error: String| Error::Unexpected(format!("doc of {sku}: {error}"));
    let key: Sku = sku.parse().map_err(|_| unreadable("no SKU".to_owned()))?;
    let doc: Doc = serde_json::from_str(&doc).map_err(|error| unreadable(error.to_string()))?;
    let mut call = fcall("inv1_reindex", TAG);
    call.arg(key.as_str()).arg(version).arg(catalog::index(&key, &doc));
    call.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)
}
