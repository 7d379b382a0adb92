//! Retries of refused buyers until the last unit is sold.

use std::time::Duration;

use anyhow::{Result, bail};
use estore_checker::history::{CardKind, Outcome};
use estore_contract::Sku;
use tokio::time::sleep;

use super::Buyer;
use crate::history::History;

/// Orders unit by unit with new keys until none of `sku` is left. Nothing may be in progress.
pub async fn sell_out(buyer: &Buyer, sku: &Sku, history: &History) -> Result<()> {
    let new_key = || format!("last-{}-{}", sku, history.now_ms());
    let mut key = new_key();
    for _ in 0..10_000 {
        match buyer.order(&key, &[(sku.clone(), 1)], CardKind::Good).await {
            Outcome::Refused { code, .. } if code == "insufficient_stock" => return Ok(()),
            // With the same key, so that its outcome becomes known.
            Outcome::Unknown { .. } => sleep(Duration::from_millis(100)).await,
            _ => key = new_key(),
        }
    }
    bail!("{sku} is never sold out")
}
