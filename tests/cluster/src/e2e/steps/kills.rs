//! Kills of pods during checkouts: of each service, and of the stores.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::time::sleep;

use crate::{
    cluster::{Cluster, Pod, STORES, WITH_STOREFRONT},
    counts::Counts,
    node::Node,
    trial::Trial,
};

/// Orders a second, and units of the contested SKU.
const LOAD: (f64, u32) = (20.0, 200);
/// The time that the load runs before and after each kill.
const AROUND: Duration = Duration::from_secs(2);

/// Kills all pods of each service, and those of the storefront, at once, as a crash of the node
/// would. Then deletes one of each through Kubernetes.
pub(super) async fn services(trial: &mut Trial) -> Result<Vec<String>> {
    let from = begin(trial).await?;
    let mut lines = Vec::new();
    for name in WITH_STOREFRONT {
        lines.push(struck(trial, name).await?);
    }
    let mut before = Vec::new();
    for name in WITH_STOREFRONT {
        let pods = trial.cluster.pods(name).await?;
        delete(&trial.cluster, pods.first().context(name)?, true).await?;
        before.push((name, pods));
    }
    for (name, pods) in before {
        trial.cluster.back(name, &pods).await?;
    }
    lines.push("a pod of each service was deleted without grace, all at once".to_owned());
    end(trial, from, lines).await
}

/// Kills each store's process, and then deletes its pod.
pub(super) async fn stores(trial: &mut Trial) -> Result<Vec<String>> {
    let from = begin(trial).await?;
    let mut lines = Vec::new();
    for name in STORES {
        lines.push(struck(trial, name).await?);
        sleep(AROUND).await;
        // With grace: two servers must never have one volume.
        let (pods, began) = (trial.cluster.pods(name).await?, Instant::now());
        delete(&trial.cluster, pods.first().context(name)?, false).await?;
        trial.cluster.back(name, &pods).await?;
        lines
            .push(format!("{name}'s pod was deleted, and back after {:.0} s", began.elapsed().as_secs_f64()));
        sleep(AROUND).await;
    }
    end(trial, from, lines).await
}

async fn begin(trial: &mut Trial) -> Result<u64> {
    let from = trial.driver().await?.begin(LOAD.0, LOAD.1).await?;
    sleep(AROUND).await;
    Ok(from)
}

/// Checks that everything serves again, and that every equation holds.
async fn end(trial: &mut Trial, from: u64, mut lines: Vec<String>) -> Result<Vec<String>> {
    for name in WITH_STOREFRONT {
        trial.cluster.rolled_out(name).await?;
    }
    sleep(AROUND).await;
    let (ended, checked) = trial.settle().await?;
    let counts = Counts::of(&trial.driver().await?.ops(), from, ended.at_ms);
    ensure!(counts.answered("201") > 0, "nobody could order anything: {}", counts.line());
    lines.push(counts.line());
    lines.push(checked);
    lines.rotate_right(1);
    Ok(lines)
}

/// Kills all pods of `name` at once, by `kill -9` if the node is reachable, and waits until they
/// are back.
async fn struck(trial: &Trial, name: &str) -> Result<String> {
    let (pods, began) = (trial.cluster.pods(name).await?, Instant::now());
    for pod in &pods {
        strike(&trial.cluster, trial.node.as_ref(), pod).await?;
    }
    trial.cluster.back(name, &pods).await?;
    let how = if trial.node.is_some() { "kill -9 of" } else { "deletion of" };
    Ok(format!("{how} {} pods of {name}, back after {:.0} s", pods.len(), began.elapsed().as_secs_f64()))
}

async fn strike(cluster: &Cluster, node: Option<&Node>, pod: &Pod) -> Result<()> {
    match node {
        Some(node) => node.kill(pod).await,
        None => delete(cluster, pod, !pod.name.ends_with("-0")).await,
    }
}

async fn delete(cluster: &Cluster, pod: &Pod, force: bool) -> Result<()> {
    let arguments = ["delete", "pod", &pod.name, "--wait=false"];
    let without_grace = ["--grace-period=0", "--force"];
    cluster.kubectl(&[&arguments[..], if force { &without_grace[..] } else { &[] }].concat()).await?;
    Ok(())
}
