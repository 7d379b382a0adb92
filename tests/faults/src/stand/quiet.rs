//! The wait until nothing is in progress.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use estore_contract::Sku;
use estore_shopper::load::{sell_out, settle};
use estore_tests::connect_to_store;
use redis::{AsyncCommands, aio::MultiplexedConnection};
use tokio::time::sleep;

use super::Stand;

/// The time within which a part must be ready.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
/// The time within which everything must be final. Holds that expire take longest (order-flow
/// section 6).
const LIMIT: Duration = Duration::from_mins(3);

/// A set that must be empty: its name, its database and its key.
type Set = (&'static str, usize, &'static str);

/// Every order and refund is final, and nothing is held.
const FINAL: [Set; 2] = [("orders and refunds", 0, "{pay}:work"), ("holds", 1, "{inv}:due")];
/// In addition, every email has been requested, and the reconciler has compared every order with
/// the journal.
const QUIET: [Set; 4] =
    [FINAL[0], FINAL[1], ("mails", 0, "{pay}:mail"), ("orders to reconcile", 0, "{pay}:unsettled")];

/// The result of the wait.
#[derive(Debug, Clone, Copy)]
pub struct Quiet {
    /// The time until all clients knew their outcomes, all orders and refunds were final, and
    /// nothing was held.
    pub after: Duration,
    /// The number of unknown outcomes that became known later.
    pub settled: usize,
}

impl Stand {
    /// Settles unknown outcomes, and waits until no order, refund, email or hold is open.
    /// Then lets the buyers without a hot SKU retry until none is left.
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
        let open = async |url: String| connect_to_store(&redis::Client::open(url)?).await;
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
