//! A crowd: 64 buyers and a kill every 2 seconds, for a given number of orders.

use std::time::Duration;

use anyhow::Result;
use estore_testbed::ServiceName;
use fastrand::Rng;
use tokio::time::{Instant, sleep, sleep_until};

use super::{Row, survive};
use crate::{
    history::OpKind,
    stand::{Plan, Stand},
};

const BUYERS: u32 = 64;
const EVERY: Duration = Duration::from_secs(2);
/// The maximum duration of a run.
const LIMIT: Duration = Duration::from_mins(10);

pub(super) async fn run(seed: u64, orders: usize, tell: &mut dyn FnMut(Row)) -> Result<()> {
    let mut stand = Stand::start(&Plan { buyers: BUYERS, ..Plan::named("crowd", seed) }).await?;
    let mut dice = Rng::with_seed(seed);
    let name = format!("{orders} orders by {BUYERS} buyers, a kill every {} s", EVERY.as_secs());
    let fault = async |stand: &mut Stand, _: &_| {
        let end = Instant::now() + LIMIT;
        while keys(stand) < orders {
            anyhow::ensure!(Instant::now() < end, "only {} orders in {LIMIT:?}", keys(stand));
            let next = Instant::now() + EVERY;
            let name = ServiceName::ALL.get(dice.usize(0..4)).copied().unwrap_or(ServiceName::Payment);
            stand.kill(name, 0).await?;
            sleep(Duration::from_millis(dice.u64(0..300))).await;
            stand.revive(name, 0).await?;
            sleep_until(next).await;
        }
        Ok(())
    };
    tell(survive(&mut stand, &name, 500, fault).await?);
    stand.shop.stop().await
}

/// Counts the orders. A repeat with the same key does not count.
fn keys(stand: &Stand) -> usize {
    let ops = stand.history.ops();
    let keys = ops.iter().filter_map(|op| match &op.kind {
        OpKind::Order { user, key, .. } => Some((*user, key.as_str())),
        _ => None,
    });
    keys.collect::<std::collections::HashSet<_>>().len()
}
