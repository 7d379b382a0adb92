//! Pods killed in mid-checkout: of each service, and of the stores.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::time::sleep;

use crate::{
    cluster::{Cluster, Pod, SERVICES, STORES},
    counts::Counts,
    node::Node,
    trial::Trial,
};

/// Orders a second, and pieces of what everybody wants.
const LOAD: (f64, u32) = (20.0, 200);
/// How long the load goes on around each kill.
const AROUND: Duration = Duration::from_secs(2);

/// Each service's pods all at once, as a crash of the node would; then one of each, by Kubernetes.
pub(super) async fn services(trial: &mut Trial) -> Result<Vec<String>> {
    let from = begin(trial).await?;
    let mut lines = Vec::new();
    for name in SERVICES {
        lines.push(struck(trial, name).await?);
    }
    let mut before = Vec::new();
    for name in SERVICES {
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

/// Each store's process, and then its pod.
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

/// Afterwards everything serves again, and every equation holds.
async fn end(trial: &mut Trial, from: u64, mut lines: Vec<String>) -> Result<Vec<String>> {
    for name in SERVICES {
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

/// Kills all pods of `name` at once, by `kill -9` where the node can be asked, and waits until they are back.
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
