//! The node of the pods: its processes and its packet filter.

use std::net::{IpAddr, TcpListener};

use anyhow::{Context, Result, ensure};
use estore_tests::variable;
use serde_json::Value;

use crate::{
    cluster::{Cluster, Pod},
    tool,
};

/// A way to run a shell as root on the node: on this machine, or by `E2E_NODE_EXEC`.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    prefix: Vec<String>,
}

impl Node {
    /// Uses `E2E_NODE_EXEC` if it is set (`docker exec node`), kind's only node, or this machine if
    /// it has the node's address. Returns `None` if there is no way.
    pub(crate) async fn find(cluster: &Cluster) -> Result<Option<Self>> {
        if let Some(given) = variable("E2E_NODE_EXEC") {
            return Ok(Some(Self { prefix: given.split_whitespace().map(str::to_owned).collect() }));
        }
        let nodes = cluster.get(&["nodes"]).await?;
        let nodes = nodes.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
        let [node] = nodes.as_slice() else { return Ok(None) };
        let context = tool::run("kubectl", &["config", "current-context"]).await.unwrap_or_default();
        let name = node.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
        if context.starts_with("kind-") {
            return Ok(Some(Self { prefix: ["docker", "exec", name].map(str::to_owned).into() }));
        }
        let addresses =
            node.pointer("/status/addresses").and_then(Value::as_array).cloned().unwrap_or_default();
        let is_ours = |address: &Value| {
            let ip = address.get("address").and_then(Value::as_str).unwrap_or_default().parse::<IpAddr>();
            ip.is_ok_and(|ip| TcpListener::bind((ip, 0)).is_ok())
        };
        let is_root = tool::run("id", &["-u"]).await.is_ok_and(|id| id.trim() == "0");
        Ok((is_root && addresses.iter().any(is_ours)).then_some(Self { prefix: Vec::new() }))
    }

    async fn shell(&self, script: &str) -> Result<String> {
        let mut words: Vec<&str> = self.prefix.iter().map(String::as_str).collect();
        words.extend(["sh", "-c", script]);
        let (program, arguments) = words.split_first().context("a shell")?;
        tool::run(program, arguments).await
    }

    /// Kills every process of a pod with `kill -9`.
    pub(crate) async fn kill(&self, pod: &Pod) -> Result<()> {
        let killed = self.each(pod, "kill -9 $p && echo $p").await?;
        ensure!(!killed.trim().is_empty(), "{} has no process on this node", pod.name);
        Ok(())
    }

    /// Returns the resident memory of a pod's process in KiB: `VmRSS`.
    pub(crate) async fn resident(&self, pod: &Pod) -> Result<u64> {
        let lines = self.each(pod, "sed -n 's/^VmRSS:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$p/status").await?;
        lines.lines().map(|line| line.trim().parse::<u64>()).sum::<Result<u64, _>>().context(lines.clone())
    }

    /// Runs `command` for each process `$p` of a pod except the one that only holds its network.
    /// With systemd's cgroups, a uid is written with underscores.
    async fn each(&self, pod: &Pod, command: &str) -> Result<String> {
        let pattern = format!("{}|{}", pod.uid, pod.uid.replace('-', "_"));
        let script = format!(
            "for f in $(grep -lE '{pattern}' /proc/[0-9]*/cgroup 2>/dev/null); do p=${{f#/proc/}}; p=${{p%/cgroup}}; \
             [ \"$(cat /proc/$p/comm 2>/dev/null)\" = pause ] || {command}; done; true"
        );
        self.shell(&script).await
    }

    /// Drops every packet between these pods, also on open connections.
    pub(crate) async fn cut(&self, some: &[Pod], others: &[Pod]) -> Result<()> {
        self.rules("-I", some, others).await
    }

    /// Removes the rules of `cut`.
    pub(crate) async fn heal(&self, some: &[Pod], others: &[Pod]) -> Result<()> {
        self.rules("-D", some, others).await
    }

    async fn rules(&self, what: &str, some: &[Pod], others: &[Pod]) -> Result<()> {
        for (one, other) in some.iter().flat_map(|one| others.iter().map(move |other| (one, other))) {
            for (from, to) in [(&one.ip, &other.ip), (&other.ip, &one.ip)] {
                self.shell(&format!("iptables -w {what} FORWARD -s {from} -d {to} -j DROP")).await?;
            }
        }
        Ok(())
    }
}
