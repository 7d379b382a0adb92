//! Archived products, by SKU.

use estore_contract::{
    Sku,
    inventory::{Product, ProductStatus},
};
use estore_stores::redis::{Redis, fcall};
use redis::cmd;

use super::{TAG, catalog};
use crate::Error;

/// The number of journal entries that one call inspects.
const SLICE: usize = 200;

/// Reads the archived products after `after`, and the place of the next page. A page may be shorter
/// than the limit, if a product was put back on sale meanwhile.
pub async fn read(
    redis: &Redis,
    limit: usize,
    after: Option<&Sku>,
) -> Result<(Vec<Product>, Option<Sku>), Error> {
    let from = after.map_or_else(|| "-".to_owned(), |sku| format!("({sku}"));
    let mut ask = cmd("ZRANGE");
    ask.arg(format!("{TAG}:i:archived")).arg(from).arg("+").arg("BYLEX").arg("LIMIT").arg(0).arg(limit + 1);
    let found: Vec<String> = ask.query_async(&mut redis.connection()).await?;
    let sku = |sku: &String| sku.parse().map_err(|_| Error::Unexpected(format!("SKU {sku}")));
    let mut skus = found.iter().map(sku).collect::<Result<Vec<Sku>, _>>()?;
    let more = skus.len() > limit;
    skus.truncate(limit);
    let place = skus.last().filter(|_| more).cloned();
    let products = catalog::read_many(redis, &skus).await?.into_iter().flatten();
    Ok((products.filter(|product| product.status == ProductStatus::Archived).collect(), place))
}

/// Enters the products that were archived before there was this index, once in the life of the
/// store.
pub async fn gather(redis: &Redis) -> Result<(), Error> {
    let mut place = "-".to_owned();
    while !place.is_empty() {
        let mut call = fcall("inv1_gather_archived", TAG);
        call.arg(&place).arg(SLICE);
        place = call.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    }
    Ok(())
}
