//! Two processes of each service: the test pauses and resumes one, then restarts all, one by one.

use std::time::Duration;

use anyhow::Result;
use estore_testbed::ServiceName;
use tokio::time::sleep;

use super::{Row, survive};
use crate::stand::{Plan, Stand};

pub(super) async fn run(seed: u64, tell: &mut dyn FnMut(Row)) -> Result<()> {
    let mut stand = Stand::start(&Plan { replicas: 2, ..Plan::named("replicas", seed) }).await?;
    let rolling = async |stand: &mut Stand, _: &_| {
        for name in ServiceName::ALL {
            stand.shop.rolling_restart(name).await?;
        }
        Ok(())
    };
    tell(survive(&mut stand, "rolling restart of two replicas of each", 30, rolling).await?);
    let pause = async |stand: &mut Stand, _: &_| {
        stand.shop.replica(ServiceName::Payment, 0).pause()?;
        sleep(Duration::from_secs(30)).await;
        stand.shop.replica(ServiceName::Payment, 0).resume()
    };
    tell(survive(&mut stand, "SIGSTOP of a Payment for 30 s, and its waking", 30, pause).await?);
    let kill = async |stand: &mut Stand, _: &_| {
        for name in ServiceName::ALL {
            stand.kill(name, 1).await?;
            sleep(Duration::from_millis(500)).await;
            stand.revive(name, 1).await?;
        }
        Ok(())
    };
    tell(survive(&mut stand, "kill -9 of one of two replicas", 30, kill).await?);
    stand.shop.stop().await
}
