//! Redis without memory: the shop begins nothing new, and work in progress ends.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use estore_tests::connect_to_store;
use redis::aio::MultiplexedConnection;
use tokio::time::sleep;

use super::{Row, stand, survive};
use crate::{history::Outcome, stand::Stand};

pub(super) async fn run(seed: u64, tell: &mut dyn FnMut(Row)) -> Result<()> {
    let mut stand = stand("memory", seed).await?;
    let fault = async |stand: &mut Stand, _: &_| {
        let client = redis::Client::open(stand.shop.redis_url("operator", 0))?;
        let mut redis = connect_to_store(&client).await?;
        set_limit(&mut redis, "1mb").await?;
        let full = refused(stand).await;
        sleep(Duration::from_secs(3)).await;
        set_limit(&mut redis, "0").await?;
        ensure!(full, "no order was refused for want of memory");
        Ok(())
    };
    tell(survive(&mut stand, "Redis is out of memory", 20, fault).await?);
    stand.shop.stop().await
}

/// Waits until a client gets a 503, because the shop can begin nothing.
async fn refused(stand: &Stand) -> bool {
    let (from, deadline) = (stand.history.ops().len(), Instant::now() + Duration::from_secs(10));
    while Instant::now() < deadline {
        let told =
            |outcome: &Outcome| matches!(outcome, Outcome::Unknown { why } if why == "503 unavailable");
        if stand.history.ops().iter().skip(from).any(|op| told(&op.outcome)) {
            return true;
        }
        sleep(Duration::from_millis(50)).await;
    }
    false
}

async fn set_limit(redis: &mut MultiplexedConnection, limit: &str) -> Result<()> {
    let mut set = redis::cmd("CONFIG");
    Ok(set.arg("SET").arg("maxmemory").arg(limit).query_async(redis).await?)
}
