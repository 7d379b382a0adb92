//! The prices that a product had.

use estore_contract::{
    Money, Sku,
    inventory::{PriceChange, PriceHistory},
};
use estore_stores::redis::{Redis, time_of};
use redis::pipe;

use super::TAG;
use crate::Error;

/// The most prices that are kept.
const KEPT: isize = 100;

/// Amount, currency, time and version of a price.
type Kept = (String, String, String, String);
/// The same of the current price. All are absent if there is no such product.
type Current = (Option<String>, Option<String>, Option<String>, Option<String>);

/// Reads the prices of a product, newest first, in one round trip. A product whose last change of
/// price is older than the history has only its current one.
pub async fn read(redis: &Redis, sku: &Sku) -> Result<PriceHistory, Error> {
    let mut both = pipe();
    let fields = ["amount", "currency", "updated_at", "version"];
    both.cmd("HMGET").arg(format!("{TAG}:p:{sku}")).arg(&fields);
    both.cmd("LRANGE").arg(format!("{TAG}:ph:{sku}")).arg(0).arg(KEPT - 1);
    let (now, kept): (Current, Vec<String>) = both.query_async(&mut redis.connection()).await?;
    let (amount, currency, at, version) = now;
    let now = amount.zip(currency).zip(at.zip(version)).ok_or(Error::NotFound)?;
    let corrupt = || Error::Unexpected(format!("prices of {sku}"));
    let items = if kept.is_empty() {
        let ((amount, currency), (at, version)) = now;
        vec![change(&(amount, currency, at, version)).ok_or_else(corrupt)?]
    } else {
        let changes = kept.iter().map(|kept| change(&serde_json::from_str(kept).ok()?));
        changes.collect::<Option<_>>().ok_or_else(corrupt)?
    };
    Ok(PriceHistory { items })
}

fn change((amount, currency, at, version): &Kept) -> Option<PriceChange> {
    Some(PriceChange {
        price: Money::new(amount.parse().ok()?, currency.parse().ok()?),
        at: time_of(at)?,
        version: version.parse().ok()?,
    })
}
