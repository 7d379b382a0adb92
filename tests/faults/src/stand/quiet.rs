//! Waiting until nothing is under way any more.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use estore_contract::Sku;
use redis::{AsyncCommands, aio::MultiplexedConnection};
use tokio::time::sleep;

use super::Stand;
use crate::load::{sell_out, settle};

/// How long a part may take to be ready.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
/// How long everything may take to be final: holds that expire take longest (order-flow section 6).
const LIMIT: Duration = Duration::from_mins(3);

/// What must be empty: what it is, in which database, under which key.
type Set = (&'static str, usize, &'static str);

/// Every order and refund is final, and nothing is held.
const FINAL: [Set; 2] = [("orders and refunds", 0, "{pay}:work"), ("holds", 1, "{inv}:due")];
/// And every mail is asked for, and every order compared with the journal.
const QUIET: [Set; 4] =
    [FINAL[0], FINAL[1], ("mails", 0, "{pay}:mail"), ("orders to reconcile", 0, "{pay}:unsettled")];

/// How it became quiet.
#[derive(Debug, Clone, Copy)]
pub struct Quiet {
    /// How long it took until every client knew, every order and refund was final, and nothing was held.
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
        self.empty(&FINAL, began + LIMIT).await?;
        let after = began.elapsed();
        self.empty(&QUIET, Instant::now() + LIMIT).await?;
        let hot: Vec<Sku> = self.hot.iter().map(|hot| hot.sku.clone()).collect();
        for sku in hot {
            if let Some(buyer) = self.buyers.first() {
                sell_out(buyer, &sku, &history).await?;
            }
        }
        self.empty(&QUIET, Instant::now() + LIMIT).await?;
        Ok(Quiet { after, settled })
    }

    /// Waits until these sets are empty.
    async fn empty(&self, sets: &[Set], deadline: Instant) -> Result<()> {
        let open = async |url: String| redis::Client::open(url)?.get_multiplexed_async_connection().await;
        let mut databases =
            [open(self.shop.redis.observe(0)).await?, open(self.shop.redis.observe(1)).await?];
        loop {
            let mut open = Vec::new();
            for (what, database, key) in sets {
                if let Some(database) = databases.get_mut(*database) {
                    open.push((*what, size(database, key).await?));
                }
            }
            if open.iter().all(|(_, count)| *count == 0) {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "not quiet in time: {open:?} are still open");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn size(redis: &mut MultiplexedConnection, key: &str) -> Result<u64> {
    Ok(redis.zcard(key).await?)
}
