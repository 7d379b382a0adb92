//! The load: the shopper in its pod, controlled from here.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use estore_faults::history::Op;
use estore_shopper::{Ended, Line};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, ChildStdout},
    sync::mpsc,
    time::timeout,
};

use crate::{cluster::Cluster, pods::SHOPPER, tool};

/// The time limit for registering all buyers, and for settling all outcomes.
const PATIENCE: Duration = Duration::from_mins(4);

/// A shopper that takes commands for the load. It stops when this is dropped.
pub(crate) struct Driver {
    _kubectl: Child,
    stdin: ChildStdin,
    lines: mpsc::UnboundedReceiver<Line>,
    ops: Arc<Mutex<BTreeMap<u64, Op>>>,
}

impl Driver {
    /// Starts the load in the shopper's pod, with `buyers`.
    pub(crate) async fn start(cluster: &Cluster, buyers: u32) -> Result<Self> {
        let count = buyers.to_string();
        let arguments = [
            "--namespace",
            &cluster.namespace,
            "exec",
            "-i",
            SHOPPER,
            "--",
            "/estore",
            "load",
            "--buyers",
            &count,
        ];
        let mut kubectl = tool::start("kubectl", &arguments)?;
        let stdin = kubectl.stdin.take().context("a way to tell")?;
        let stdout = kubectl.stdout.take().context("a way to hear")?;
        let (send, lines) = mpsc::unbounded_channel();
        let ops = Arc::<Mutex<BTreeMap<u64, Op>>>::default();
        tokio::spawn(read(stdout, send, ops.clone()));
        let mut driver = Self { _kubectl: kubectl, stdin, lines, ops };
        match driver.next().await? {
            Line::Ready => Ok(driver),
            other => bail!("the load began with {other:?}"),
        }
    }

    /// Starts `rate` orders a second, and competition for `units` of one SKU. Returns the time by
    /// the history's clock.
    pub(crate) async fn begin(&mut self, rate: f64, units: u32) -> Result<u64> {
        self.stdin.write_all(format!("begin {rate} {units}\n").as_bytes()).await?;
        match self.next().await? {
            Line::Begun { at_ms } => Ok(at_ms),
            other => bail!("the load did not begin: {other:?}"),
        }
    }

    /// Ends the load, and retries until every outcome is known.
    pub(crate) async fn end(&mut self) -> Result<Ended> {
        self.stdin.write_all(b"end\n").await?;
        match self.next().await? {
            Line::Ended(ended) => Ok(ended),
            other => bail!("the load did not end: {other:?}"),
        }
    }

    /// Lets every buyer read one of their orders. Returns the number that could.
    pub(crate) async fn look(&mut self) -> Result<u32> {
        self.stdin.write_all(b"look\n").await?;
        match self.next().await? {
            Line::Looked { read, of } if read == of && of > 0 => Ok(read),
            other => bail!("not everybody could read an order: {other:?}"),
        }
    }

    /// Returns all operations of the buyers since the start.
    pub(crate) fn ops(&self) -> Vec<Op> {
        self.ops.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    async fn next(&mut self) -> Result<Line> {
        let line = timeout(PATIENCE, self.lines.recv()).await.context("the load does not answer")?;
        match line.context("the load has broken off")? {
            Line::Failed { why } => bail!("the load: {why}"),
            line => Ok(line),
        }
    }
}

async fn read(stdout: ChildStdout, lines: mpsc::UnboundedSender<Line>, ops: Arc<Mutex<BTreeMap<u64, Op>>>) {
    let mut reader = BufReader::new(stdout).lines();
    while let Ok(Some(text)) = reader.next_line().await {
        if let Ok(op) = serde_json::from_str::<Op>(&text) {
            ops.lock().unwrap_or_else(PoisonError::into_inner).insert(op.id, op);
        } else {
            let line = serde_json::from_str(&text).unwrap_or(Line::Failed { why: text });
            let _gone = lines.send(line);
        }
    }
}
