//! More pods under load, and fewer afterwards: the autoscaler.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use tokio::time::sleep;

use crate::trial::Trial;

/// Orders a second.
const RATE: f64 = 50.0;
/// Metrics are a minute old at most, and are looked at every 15 s.
const LIMIT: Duration = Duration::from_mins(4);
const SCALED: &str = "inventory";
const SET: &str = "services.inventory.autoscaling.enabled=true,\
    services.inventory.autoscaling.minReplicas=2,\
    services.inventory.autoscaling.maxReplicas=4,\
    services.inventory.autoscaling.targetCPUUtilizationPercentage=60,\
    services.inventory.autoscaling.behavior.scaleDown.stabilizationWindowSeconds=5";

pub(super) async fn run(trial: &mut Trial) -> Result<Vec<String>> {
    trial.release.upgrade(SET).await?;
    let _begun = trial.driver().await?.begin(RATE, 0).await?;
    let up = until(trial, |pods| pods > 2).await;
    let (_, checked) = trial.settle().await?;
    let (up, many) = up?;
    let (down, few) = until(trial, |pods| pods == 2).await?;
    Ok(vec![
        format!("{SCALED} went from 2 to {many} pods in {up} s of load, and back to {few} in {down} s"),
        checked,
    ])
}

/// Waits until there are as many pods as `enough` wants; answers the seconds, and how many.
async fn until(trial: &Trial, enough: impl Fn(usize) -> bool) -> Result<(u64, usize)> {
    let began = Instant::now();
    loop {
        let pods = trial.cluster.pods(SCALED).await?;
        let ready = pods.iter().filter(|pod| pod.ready).count();
        if enough(ready) && enough(pods.len()) {
            return Ok((began.elapsed().as_secs(), ready));
        }
        if began.elapsed() > LIMIT {
            let state = trial.cluster.kubectl(&["describe", "hpa"]).await.unwrap_or_default();
            bail!("{SCALED} still has {} pods, {ready} of them ready\n{state}", pods.len());
        }
        sleep(Duration::from_secs(1)).await;
    }
}
