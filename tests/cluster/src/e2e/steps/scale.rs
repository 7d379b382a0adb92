//! The autoscaler: more pods under load, and fewer afterwards. No pod stops when it takes over.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use anyhow::{Result, bail, ensure};
use tokio::time::{interval, sleep};

use crate::trial::Trial;

/// Orders a second.
const RATE: f64 = 50.0;
/// Metrics are a minute old at most, and the autoscaler reads them every 15 s.
const LIMIT: Duration = Duration::from_mins(4);
/// An autoscaler reads metrics every 15 s.
const FIRST_LOOK: Duration = Duration::from_secs(20);
const SCALED: &str = "inventory";
/// A debug program uses two thirds of what it requests at rest, and more than all of it under load.
const SET: &str = "services.inventory.autoscaling.enabled=true,\
    services.inventory.autoscaling.minReplicas=2,\
    services.inventory.autoscaling.maxReplicas=4,\
    services.inventory.autoscaling.targetCPUUtilizationPercentage=82,\
    services.inventory.autoscaling.behavior.scaleDown.stabilizationWindowSeconds=5";
/// Three pods become two below two thirds of the target. With the first target, a debug program on
/// a busy machine uses more than that at rest.
const REST: &str = "services.inventory.autoscaling.targetCPUUtilizationPercentage=160";

pub(super) async fn run(trial: &mut Trial) -> Result<Vec<String>> {
    let fewest = fewest_during(trial, trial.release.upgrade(SET)).await?;
    ensure!(fewest >= 2, "{SCALED} had {fewest} pods while the autoscaler took over");
    let _begun = trial.driver().await?.begin(RATE, 0).await?;
    let up = until(trial, |pods| pods > 2).await;
    let (_, checked) = trial.settle().await?;
    let (up, many) = up?;
    trial.release.upgrade(&format!("{SET},{REST}")).await?;
    let (down, few) = until(trial, |pods| pods == 2).await?;
    Ok(vec![
        format!("{SCALED} went from 2 to {many} pods in {up} s of load, and back to {few} in {down} s"),
        checked,
    ])
}

/// Returns the lowest number of ready pods during `change` and the time until an autoscaler's first
/// reading.
async fn fewest_during(trial: &Trial, change: impl Future<Output = Result<String>>) -> Result<usize> {
    let mut fewest = usize::MAX;
    let mut looked = interval(Duration::from_millis(500));
    let change = async {
        change.await?;
        sleep(FIRST_LOOK).await;
        anyhow::Ok(())
    };
    tokio::pin!(change);
    loop {
        tokio::select! {
            done = &mut change => return done.map(|()| fewest),
            _ = looked.tick() => {
                let ready = trial.cluster.pods(SCALED).await?.iter().filter(|pod| pod.ready).count();
                fewest = fewest.min(ready);
            }
        }
    }
}

/// Waits until `enough` accepts the number of pods. Returns the seconds and the number.
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
