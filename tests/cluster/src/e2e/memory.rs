//! Peaks of the resident memory of the services and of the storefront under load.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result};
use serde_json::Value;
use tokio::{task::JoinHandle, time::sleep};

use crate::{
    cluster::{Cluster, WITH_STOREFRONT},
    node::Node,
};

const EVERY: Duration = Duration::from_secs(5);
/// The limit for a service under load, in MiB.
const MOST: u64 = 40;
/// The limit for the storefront, in MiB less than that: it holds no data.
const LESS: u64 = 10;
/// The extra memory of the User Service for each password being hashed, in MiB (argon2's memory).
const HASHING: u64 = 19;
/// The extra memory of a debug build, in MiB: its code is that much larger.
const DEBUG: u64 = 24;

/// The highest values so far, by service, in KiB.
pub(crate) struct Memory {
    peaks: Arc<Mutex<BTreeMap<&'static str, u64>>>,
    most: u64,
    task: JoinHandle<()>,
}

impl Memory {
    /// Samples the memory until `end`. `profile` is the build of the programs in the images.
    pub(crate) fn watch(cluster: Cluster, node: Node, profile: &str) -> Self {
        let most = if profile == "debug" { MOST + DEBUG } else { MOST };
        let peaks = Arc::<Mutex<BTreeMap<_, _>>>::default();
        let seen = peaks.clone();
        let task = tokio::spawn(async move {
            loop {
                for name in WITH_STOREFRONT {
                    for pod in cluster.pods(name).await.unwrap_or_default() {
                        // A pod that has just ended has none.
                        let now = node.resident(&pod).await.unwrap_or_default();
                        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                        let peak = seen.entry(name).or_default();
                        *peak = now.max(*peak);
                    }
                }
                sleep(EVERY).await;
            }
        });
        Self { peaks, most, task }
    }

    /// Returns the peaks in one line, and those over the limit.
    pub(crate) async fn end(self, cluster: &Cluster) -> Result<(String, Vec<String>)> {
        self.task.abort();
        // As the User Service sizes its hash pool: the node's cores, two at least. On a machine
        // that is never idle, a thread more helps.
        let nodes = cluster.get(&["nodes"]).await?;
        let cores = nodes.pointer("/items/0/status/capacity/cpu").and_then(Value::as_str);
        let cores = cores.context("the node's cores")?.parse::<u64>()?.max(2);
        let peaks = self.peaks.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let most = |name: &'static str| match name {
            "user" => self.most + HASHING * (cores + 1),
            "storefront" => self.most - LESS,
            _ => self.most,
        };
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
