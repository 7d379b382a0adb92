//! The habits of operators: upgrades that fail, deleted secrets, new certificates and passwords,
//! values as people write them, and a second release beside the first. Each of them has broken a
//! chart before.

mod jobs;
mod neighbour;
mod refused;
mod stores;

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio::time::sleep;

use crate::{cluster::Cluster, trial::Trial};

pub(super) async fn run(trial: &mut Trial) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    lines.extend(jobs::run(trial).await?);
    lines.extend(refused::run(trial).await?);
    // Most of both is waiting: for a kubelet to bring changed Secrets, and for pods.
    let (stores, neighbour) = tokio::join!(stores::run(trial), neighbour::run(trial));
    lines.extend(stores?);
    lines.extend(neighbour?);
    // After all of it the shop still sells.
    trial.release.test().await?;
    Ok(lines)
}

/// Waits until `check` returns true.
async fn until(what: &str, patience: Duration, check: impl AsyncFn() -> Result<bool>) -> Result<()> {
    let deadline = Instant::now() + patience;
    while !check().await? {
        ensure!(Instant::now() <= deadline, "waited in vain: {what}");
        sleep(Duration::from_millis(500)).await;
    }
    Ok(())
}

/// Waits until the log of a store has this line since its start.
async fn logged(cluster: &Cluster, pod: &str, line: &str) -> Result<()> {
    // A kubelet brings a changed Secret to its pods within some 90 s.
    until(&format!("{pod} logs {line:?}"), Duration::from_mins(3), async || {
        let log = cluster.kubectl(&["logs", pod, "--tail=200"]).await?;
        Ok(log.contains(line))
    })
    .await
}
