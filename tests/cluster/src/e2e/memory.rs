//! How much memory the services have resident, watched while they work.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result};
use serde_json::Value;
use tokio::{task::JoinHandle, time::sleep};

use crate::{
    cluster::{Cluster, SERVICES},
    node::Node,
};

const EVERY: Duration = Duration::from_secs(5);
/// Of a service under load, in MiB.
const MOST: u64 = 40;
/// What the User Service has beside it for each password that is being hashed, in MiB (argon2's memory).
const HASHING: u64 = 19;

/// The most that was seen, by service, in KiB.
pub(crate) struct Memory {
    peaks: Arc<Mutex<BTreeMap<&'static str, u64>>>,
    task: JoinHandle<()>,
}

impl Memory {
    /// Looks again and again, until it is asked.
    pub(crate) fn watch(cluster: Cluster, node: Node) -> Self {
        let peaks = Arc::<Mutex<BTreeMap<_, _>>>::default();
        let seen = peaks.clone();
        let task = tokio::spawn(async move {
            loop {
                for name in SERVICES {
                    for pod in cluster.pods(name).await.unwrap_or_default() {
                        // A pod that has just ended has nothing.
                        let now = node.resident(&pod).await.unwrap_or_default();
                        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                        let peak = seen.entry(name).or_default();
                        *peak = now.max(*peak);
                    }
                }
                sleep(EVERY).await;
            }
        });
        Self { peaks, task }
    }

    /// The peaks in a line, and what is too much.
    pub(crate) async fn end(self, cluster: &Cluster) -> Result<(String, Vec<String>)> {
        self.task.abort();
        // As the User Service counts its places: the node's cores, two at least.
        let nodes = cluster.get(&["nodes"]).await?;
        let cores = nodes.pointer("/items/0/status/capacity/cpu").and_then(Value::as_str);
        let cores = cores.context("the node's cores")?.parse::<u64>()?.max(2);
        let peaks = self.peaks.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let most = |name: &'static str| if name == "user" { MOST + HASHING * cores } else { MOST };
        let each: Vec<String> = peaks
            .iter()
            .map(|(name, peak)| format!("{name} {} of {} MiB", peak.div_ceil(1024), most(name)))
            .collect();
        let over = peaks.iter().filter(|(name, peak)| **peak == 0 || **peak > most(name) * 1024);
        let over =
            over.map(|(name, peak)| format!("{name} has {} MiB resident", peak.div_ceil(1024))).collect();
        Ok((format!("resident at most: {}", each.join(", ")), over))
    }
}
