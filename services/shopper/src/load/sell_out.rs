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
    for _ in 0..10_000 {
        let key = format!("last-{}-{}", sku, history.now_ms());
        match buyer.order(&key, &[(sku.clone(), 1)], CardKind::Good).await {
            Outcome::Refused { code, .. } if code == "insufficient_stock" => return Ok(()),
            Outcome::Unknown { .. } => sleep(Duration::from_millis(100)).await,
            _ => {}
        }
    }
    bail!("{sku} is never sold out")
}
