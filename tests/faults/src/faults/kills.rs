//! Kill -9 at random: one after the other, and several at once.

use std::time::Duration;

use anyhow::Result;
use estore_testbed::ServiceName;
use fastrand::Rng;
use tokio::time::sleep;

use super::{Row, stand, survive};
use crate::stand::Stand;

pub(super) async fn run(seed: u64, tell: &mut dyn FnMut(Row)) -> Result<()> {
    let mut stand = stand("kills", seed).await?;
    let mut dice = Rng::with_seed(seed);
    for name in ServiceName::ALL {
        let fault = async |stand: &mut Stand, _: &_| kill_some(stand, &[name], 4, &mut dice).await;
        tell(survive(&mut stand, &format!("kill -9 of {name} at random"), 30, fault).await?);
    }
    let fault = async |stand: &mut Stand, _: &_| {
        for _ in 0..4 {
            let mut names = ServiceName::ALL;
            dice.shuffle(&mut names);
            let some = names.get(..dice.usize(2..=4)).unwrap_or(&names).to_vec();
            kill_some(stand, &some, 1, &mut dice).await?;
        }
        Ok(())
    };
    tell(survive(&mut stand, "kill -9 of several services at once", 30, fault).await?);
    stand.shop.stop().await
}

/// Kills all of `names` at once and starts them again a moment later, repeatedly.
pub(super) async fn kill_some(
    stand: &mut Stand,
    names: &[ServiceName],
    times: u32,
    dice: &mut Rng,
) -> Result<()> {
    for _ in 0..times {
        for name in names {
            stand.kill(*name, 0).await?;
        }
        sleep(Duration::from_millis(dice.u64(0..600))).await;
        stand.revive_all(names, 0).await?;
        sleep(Duration::from_millis(dice.u64(50..600))).await;
    }
    Ok(())
}
