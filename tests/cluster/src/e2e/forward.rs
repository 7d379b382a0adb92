//! A port of a pod, as a port of this machine.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Child,
    time::timeout,
};

use crate::{cluster::Cluster, tool};

/// The time within which kubectl must have a port.
const PATIENCE: Duration = Duration::from_secs(20);

/// A forwarded port. It closes when this is dropped.
pub(crate) struct Forward {
    _kubectl: Child,
    /// The port on this machine.
    pub(crate) port: u16,
}

impl Forward {
    /// Forwards `port` of `object`, such as `svc/estore-chaos`.
    pub(crate) async fn open(cluster: &Cluster, object: &str, port: u16) -> Result<Self> {
        let wanted = format!(":{port}");
        let arguments = ["--namespace", &cluster.namespace, "port-forward", object, &wanted];
        let mut kubectl = tool::start("kubectl", &arguments)?;
        let mut lines = BufReader::new(kubectl.stdout.take().context("kubectl's output")?).lines();
        let line = timeout(PATIENCE, lines.next_line()).await.context("no port")??;
        let line = line.with_context(|| format!("kubectl forwards nothing to {object}"))?;
        let port = line.split("127.0.0.1:").nth(1).and_then(|rest| rest.split(' ').next());
        let port = port.and_then(|port| port.parse().ok()).with_context(|| line.clone())?;
        // Reads the output, because a full pipe would block the program.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { _kubectl: kubectl, port })
    }
}
