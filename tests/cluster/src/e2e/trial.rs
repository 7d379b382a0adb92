//! One run: the shop in the cluster, and the results so far.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use estore_faults::{checker::Hot, history::Op};
use estore_shopper::Ended;
use serde_json::json;

use crate::{
    Arguments, books,
    cluster::Cluster,
    driver::Driver,
    long::Long,
    node::Node,
    pods::{self, SHOPPER},
    release::Release,
    say,
};

/// The number of buyers: at 50 orders a second each has most of a second for an order.
const BUYERS: u32 = 48;

/// The fixture that the steps share.
pub(crate) struct Trial {
    /// The shop's namespace.
    pub(crate) cluster: Cluster,
    /// Another namespace, of a tenant unrelated to the shop.
    pub(crate) outside: Cluster,
    pub(crate) release: Release,
    /// The node, if it is reachable.
    pub(crate) node: Option<Node>,
    pub(crate) image: String,
    /// The build of the programs in the images: `release` or `debug`.
    pub(crate) profile: String,
    pub(crate) tests: Option<PathBuf>,
    /// The command with which a browser visits the demonstration.
    pub(crate) browser: Option<String>,
    /// The options of the step `timetable`.
    pub(crate) long: Long,
    driver: Option<Driver>,
    hot: Vec<Hot>,
    began: Instant,
    rows: Vec<Row>,
}

struct Row {
    step: &'static str,
    took: Duration,
    failed: bool,
    lines: Vec<String>,
}

impl Trial {
    /// Creates the namespaces, from nothing.
    pub(crate) async fn new(arguments: &Arguments) -> Result<Self> {
        let namespace = arguments.namespace.clone();
        let outside = Cluster { namespace: format!("{namespace}-outside") };
        let cluster = Cluster { namespace };
        let node = Node::find(&cluster).await.context("is there a cluster, and kubectl?")?;
        let mut trial = Self {
            release: Release::new(&cluster.namespace, &arguments.stores, &arguments.tag, &arguments.values),
            image: format!("docker.io/estore/shopper:{}", arguments.tag),
            profile: arguments.profile.clone(),
            cluster,
            outside,
            node,
            tests: arguments.tests.clone(),
            browser: arguments.browser.clone(),
            long: arguments.long.clone(),
            driver: None,
            hot: Vec::new(),
            began: Instant::now(),
            rows: Vec::new(),
        };
        if !arguments.reuse {
            trial.clean().await?;
        }
        for cluster in [&trial.cluster, &trial.outside] {
            let labels = json!({"pod-security.kubernetes.io/enforce": "restricted"});
            let metadata = json!({"name": cluster.namespace, "labels": labels});
            cluster.apply(&[json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})]).await?;
        }
        Ok(trial)
    }

    /// Deletes both namespaces, with everything in them.
    pub(crate) async fn clean(&mut self) -> Result<()> {
        // The driver's shopper lives in a pod there.
        self.driver = None;
        for namespace in [&self.cluster.namespace, &self.outside.namespace] {
            let arguments = ["delete", "namespace", namespace, "--ignore-not-found", "--timeout=3m"];
            self.cluster.kubectl(&arguments).await?;
        }
        Ok(())
    }

    /// Returns the load, and starts it at the first use.
    pub(crate) async fn driver(&mut self) -> Result<&mut Driver> {
        if self.driver.is_none() {
            self.shopper().await?;
            self.driver = Some(Driver::start(&self.cluster, BUYERS).await.context("start the load")?);
        }
        self.driver.as_mut().context("a load")
    }

    /// Creates the shopper's pod.
    pub(crate) async fn shopper(&self) -> Result<()> {
        self.cluster.apply(&[pods::shopper(&self.image)]).await?;
        let pod = format!("pod/{SHOPPER}");
        self.cluster.kubectl(&["wait", "--for=condition=Ready", &pod, "--timeout=60s"]).await?;
        Ok(())
    }

    /// Ends the load, waits until nothing is in progress, and checks the stores. Returns a line
    /// about it.
    pub(crate) async fn settle(&mut self) -> Result<(Ended, String)> {
        let driver = self.driver.as_mut().context("a load")?;
        let ended = driver.end().await?;
        let line = books::check(&self.cluster, &driver.ops(), &ended, &mut self.hot).await?;
        Ok((ended, line))
    }

    /// Checks the stores against the answers that the buyers had by then.
    pub(crate) async fn check(&mut self, ops: &[Op], ended: &Ended) -> Result<String> {
        books::check(&self.cluster, ops, ended, &mut self.hot).await
    }

    /// Returns the seconds since the start.
    pub(crate) fn seconds(&self) -> u64 {
        self.began.elapsed().as_secs()
    }

    /// Prints and records the result of a step.
    pub(crate) fn tell(&mut self, step: &'static str, took: Duration, done: Result<Vec<String>>) -> bool {
        let (failed, lines) = match done {
            Ok(lines) => (false, lines),
            Err(error) => (true, format!("{error:#}").lines().map(str::to_owned).collect()),
        };
        let verdict = if failed { "FAILED" } else { "ok" };
        say(&format!("{:>5} s  {verdict:<6}  {step} ({:.0} s)", self.seconds(), took.as_secs_f64()));
        for line in &lines {
            say(&format!("           {line}"));
        }
        self.rows.push(Row { step, took, failed, lines });
        failed
    }

    /// Returns the table of all steps.
    pub(crate) fn table(&self) -> String {
        let mut lines = vec![String::new()];
        for row in &self.rows {
            let verdict = if row.failed { "FAILED" } else { "ok" };
            let first = row.lines.first().map_or("", String::as_str);
            lines.push(format!("{verdict:<6}  {:<12} {:>4.0} s  {first}", row.step, row.took.as_secs_f64()));
        }
        let failed = self.rows.iter().filter(|row| row.failed).count();
        lines.push(format!("{} steps, {failed} failed, in {} s", self.rows.len(), self.seconds()));
        lines.join("\n")
    }
}
