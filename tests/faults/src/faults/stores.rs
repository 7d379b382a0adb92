//! Kill -9 and restart of the stores.

use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use super::{Row, stand, survive};
use crate::stand::Stand;

pub(super) async fn run(seed: u64, tell: &mut dyn FnMut(Row)) -> Result<()> {
    let mut stand = stand("stores", seed).await?;
    let redis = async |stand: &mut Stand, _: &_| {
        for away in [0, 1500] {
            stand.crashes += 1;
            stand.shop.redis.kill().await?;
            sleep(Duration::from_millis(away)).await;
            stand.shop.redis.start_again().await?;
            sleep(Duration::from_millis(500)).await;
        }
        Ok(())
    };
    tell(survive(&mut stand, "kill -9 and restart of Redis", 30, redis).await?);
    let postgres = async |stand: &mut Stand, _: &_| {
        stand.crashes += 1;
        stand.shop.postgres.kill().await?;
        sleep(Duration::from_millis(1500)).await;
        stand.shop.postgres.start_again().await
    };
    tell(survive(&mut stand, "kill -9 and restart of Postgres", 30, postgres).await?);
    let both = async |stand: &mut Stand, _: &_| {
        stand.crashes += 2;
        stand.shop.redis.kill().await?;
        stand.shop.postgres.kill().await?;
        stand.shop.redis.start_again().await?;
        stand.shop.postgres.start_again().await
    };
    tell(survive(&mut stand, "kill -9 and restart of both stores", 30, both).await?);
    stand.shop.stop().await
}
