//! Prices of several products at once.

use estore_contract::{Money, Sku, reservation::ReservedLine};
use estore_stores::redis::Redis;
use redis::pipe;

use super::TAG;
use crate::{Error, domain::Lines};

/// The fields that are read of a product: its status, name, amount and currency.
type Kept = (Option<String>, Option<String>, Option<i64>, Option<String>);

/// Returns the lines with current prices, in one round trip. The error names every SKU that is not
/// for sale.
pub async fn read(redis: &Redis, lines: &Lines) -> Result<Vec<ReservedLine>, Error> {
    let mut ask = pipe();
    for (sku, _) in lines.iter() {
        ask.cmd("HMGET").arg(format!("{TAG}:p:{sku}")).arg(&["status", "name", "amount", "currency"]);
    }
    let kept: Vec<Kept> = ask.query_async(&mut redis.connection()).await?;
    let mut unknown = Vec::new();
    let mut priced = Vec::new();
    for ((sku, units), kept) in lines.iter().zip(kept) {
        match kept.0.as_deref() {
            Some("active") => priced.push(line(sku, units, kept)?),
            _ => unknown.push(sku.clone()),
        }
    }
    if unknown.is_empty() { Ok(priced) } else { Err(Error::UnknownSku(unknown)) }
}

fn line(sku: &Sku, quantity: u32, (_, name, amount, currency): Kept) -> Result<ReservedLine, Error> {
    let price = amount.zip(currency.and_then(|code| code.parse().ok()));
    let (amount, currency) = price.ok_or_else(|| Error::Unexpected(format!("price of {sku}")))?;
    let name = name.ok_or_else(|| Error::Unexpected(format!("name of {sku}")))?;
    let unit_price = Money::new(amount, currency);
    Ok(ReservedLine { sku: sku.clone(), name, quantity, unit_price, returned: 0 })
}
