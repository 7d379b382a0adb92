//! Waiting until nothing is under way any more.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use estore_contract::Sku;
use redis::{AsyncCommands, aio::MultiplexedConnection};
use tokio::time::sleep;

use super::Stand;
use crate::{
    history::{CardKind, Outcome},
    load::settle,
};

/// How long a part may take to be ready.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
/// How long everything may take to be final: holds that expire take longest (order-flow section 6).
const LIMIT: Duration = Duration::from_mins(3);

/// How it became quiet.
#[derive(Debug, Clone, Copy)]
pub struct Quiet {
    /// How long it took until every order was final and nothing was held.
    pub after: Duration,
    /// How many operations ended unknown, and known later.
    pub settled: usize,
}

impl Stand {
    /// Settles what clients do not know, and waits until no order, refund, mail or hold is open; then lets those who did not get a
    /// hot SKU try again until none is left.
    pub async fn quiet(&mut self) -> Result<Quiet> {
        let began = Instant::now();
        self.admin.refresh().await;
        let history = self.history.clone();
        let settled = settle(|| history.ops(), &self.buyers, &self.admin, LIMIT).await;
        self.nothing_open(began + LIMIT).await?;
        let after = began.elapsed();
        let hot: Vec<Sku> = self.hot.iter().map(|hot| hot.sku.clone()).collect();
        for sku in hot {
            self.sell_out(&sku).await?;
        }
        self.nothing_open(Instant::now() + LIMIT).await?;
        Ok(Quiet { after, settled })
    }

    async fn nothing_open(&self, deadline: Instant) -> Result<()> {
        let open = async |url: String| Ok::<_, redis::RedisError>(redis::Client::open(url)?);
        let payment = open(self.shop.redis.observe(0)).await?;
        let inventory = open(self.shop.redis.observe(1)).await?;
        let (mut payment, mut inventory) = (
            payment.get_multiplexed_async_connection().await?,
            inventory.get_multiplexed_async_connection().await?,
        );
        loop {
            let open = [
                ("orders and refunds", size(&mut payment, "{pay}:work").await?),
                ("mails", size(&mut payment, "{pay}:mail").await?),
                ("orders to reconcile", size(&mut payment, "{pay}:unsettled").await?),
                ("holds", size(&mut inventory, "{inv}:due").await?),
            ];
            if open.iter().all(|(_, count)| *count == 0) {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "not quiet in time: {open:?} are still open");
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Buyers who were refused try again with new keys, until the last piece is sold.
    async fn sell_out(&self, sku: &Sku) -> Result<()> {
        let Some(buyer) = self.buyers.first() else { return Ok(()) };
        for _ in 0..10_000 {
            let key = format!("last-{}-{}", sku, self.history.now_ms());
            match buyer.order(&key, &[(sku.clone(), 1)], CardKind::Good).await {
                Outcome::Refused { code, .. } if code == "insufficient_stock" => return Ok(()),
                Outcome::Unknown { .. } => sleep(Duration::from_millis(100)).await,
                _ => {}
            }
        }
        anyhow::bail!("{sku} is never sold out")
    }
}

async fn size(redis: &mut MultiplexedConnection, key: &str) -> Result<u64> {
    Ok(redis.zcard(key).await?)
}
