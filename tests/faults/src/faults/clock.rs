//! Steps of one hour, forward and back, of the Redis clock, which decides every deadline.

use anyhow::Result;

use super::{Row, stand, survive};
use crate::stand::Stand;

const HOUR: i64 = 3600;

pub(super) async fn run(seed: u64, tell: &mut dyn FnMut(Row)) -> Result<()> {
    let mut stand = stand("clock", seed).await?;
    let steps = [
        (HOUR, "an hour forward"),
        (0, "an hour back"),
        (-HOUR, "an hour back, into the past"),
        (0, "an hour forward again"),
    ];
    for (to, what) in steps {
        let step = async |stand: &mut Stand, _: &_| stand.shop.redis.step_clock(to);
        tell(survive(&mut stand, &format!("the clock of Redis steps {what}"), 20, step).await?);
    }
    stand.shop.stop().await
}
