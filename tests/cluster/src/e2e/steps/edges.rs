//! Network policies: from a pod in the place of each component, every target is tried.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use futures::future::try_join_all;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    cluster::{Cluster, RELEASE},
    pods,
    trial::Trial,
};

/// The time within which policies must be in force, and a Service must choose a listening pod.
const PATIENCE: Duration = Duration::from_secs(30);

/// A target: the Service's name and port, and the components that may connect. `stranger` is a pod
/// of the same namespace that does not belong to the shop; `outside` is one of another namespace.
pub(super) type Edge = (&'static str, u16, &'static [&'static str]);

/// Every target.
const EDGES: [Edge; 17] = [
    ("storefront", 8080, &["test", "stranger", "outside"]),
    ("user", 8002, &["storefront", "test", "stranger", "outside"]),
    ("verification", 8003, &["storefront", "test", "stranger", "outside"]),
    ("inventory", 8001, &["storefront", "test", "stranger", "outside"]),
    ("payment", 8000, &["storefront", "test", "stranger", "outside"]),
    ("storefront-internal", 8180, &[]),
    ("user-internal", 8102, &[]),
    ("verification-internal", 8103, &[]),
    ("inventory-internal", 8101, &[]),
    ("payment-internal", 8100, &[]),
    ("user-internal", 8202, &["verification", "inventory", "payment", "bootstrap"]),
    ("verification-internal", 8203, &["user", "payment"]),
    ("inventory-internal", 8201, &["payment", "bootstrap"]),
    ("payment-internal", 8200, &["user", "bootstrap"]),
    ("postgres", 5432, &["user", "verification", "bootstrap"]),
    ("redis", 6379, &["inventory", "payment", "bootstrap"]),
    ("mail", 1025, &["verification"]),
];

/// The components that try.
const FROM: [&str; 12] = [
    "storefront",
    "user",
    "verification",
    "inventory",
    "payment",
    "bootstrap",
    "postgres",
    "redis",
    "mail",
    "test",
    "stranger",
    "outside",
];

/// Names, and true for each that must be reachable.
type Targets = BTreeMap<String, bool>;

pub(super) async fn run(trial: &mut Trial) -> Result<Vec<String>> {
    let survey = Survey {
        cluster: &trial.cluster,
        outside: &trial.outside,
        image: &trial.image,
        edges: &EDGES,
        from: &FROM,
    };
    let tried = survey.run().await?;
    reaches_the_api_server(&trial.cluster).await?;
    Ok(vec![format!("{tried} edges tried from {} places, each open or shut as it should be", FROM.len())])
}

/// Connections to try: each of `edges`, from a probe in the place of each of `from`.
pub(super) struct Survey<'a> {
    pub(super) cluster: &'a Cluster,
    /// The namespace of `outside`.
    pub(super) outside: &'a Cluster,
    /// The probes' image.
    pub(super) image: &'a str,
    pub(super) edges: &'a [Edge],
    pub(super) from: &'a [&'static str],
}

impl Survey<'_> {
    /// Tries everything. Returns the number of edges.
    pub(super) async fn run(&self) -> Result<usize> {
        let tried = self.try_all().await;
        // Cleans up also after a failure: later steps count pods.
        for place in [self.cluster, self.outside] {
            let probes: Vec<String> = self.from.iter().map(|from| name(from)).collect();
            let probes: Vec<&str> = probes.iter().map(String::as_str).collect();
            let delete = ["delete", "pod", "--ignore-not-found", "--wait=false", "listener"];
            place.kubectl(&[&delete[..], &probes].concat()).await?;
        }
        tried
    }

    /// Puts a probe in the place of each component, and tries every target.
    async fn try_all(&self) -> Result<usize> {
        let (image, namespace) = (self.image, &self.cluster.namespace);
        let listener = pods::pod("listener", image, &json!({"app": "listener"}), &["listen", "8080"]);
        let visitor = pods::probe(&name("outside"), image, &json!({"app": "outside"}));
        self.outside.apply(&[listener, visitor]).await?;
        let inside = self.from.iter().filter(|from| **from != "outside");
        let labels =
            |from: &str| if from == "stranger" { json!({"app": "stranger"}) } else { pods::labels(from) };
        let inside: Vec<Value> = inside.map(|from| pods::probe(&name(from), image, &labels(from))).collect();
        self.cluster.apply(&inside).await?;
        self.outside.kubectl(&["wait", "--for=condition=Ready", "pod/listener", "--timeout=60s"]).await?;
        let listener = self.outside.get(&["pod", "listener"]).await?;
        let listener = listener.pointer("/status/podIP").and_then(Value::as_str).context("an address")?;
        let outside = format!("{listener}:8080");
        let each = self.from.iter().map(|from| {
            let target =
                |name: &str, port: u16| format!("{RELEASE}-{name}.{namespace}.svc.cluster.local:{port}");
            let edges = self.edges.iter().map(|(name, port, who)| (target(name, *port), who.contains(from)));
            let mut targets: Targets = edges.collect();
            // A policy on egress shows only if nothing forbids the ingress.
            targets.insert(outside.clone(), matches!(*from, "stranger" | "outside"));
            let place = if *from == "outside" { self.outside } else { self.cluster };
            try_from(place, from, targets)
        });
        Ok(try_join_all(each).await?.into_iter().sum())
    }
}

fn name(from: &str) -> String {
    format!("e2e-probe-{from}")
}

/// Tries all until each is as expected. Tries the forbidden ones first: an open one proves nothing
/// before the policies are in force.
async fn try_from(place: &Cluster, from: &str, targets: Targets) -> Result<usize> {
    let deadline = Instant::now() + PATIENCE;
    let count = targets.len();
    let (mut open, mut shut): (Targets, Targets) = targets.into_iter().partition(|(_, open)| *open);
    while !shut.is_empty() {
        let now = connect(place, from, &shut).await?;
        let wrong: Vec<&String> = shut.keys().filter(|target| is_open(&now, target)).collect();
        if wrong.is_empty() {
            break;
        }
        ensure!(Instant::now() < deadline, "{from} can connect to {wrong:?}");
        sleep(Duration::from_millis(500)).await;
    }
    shut.clear();
    while !open.is_empty() {
        let now = connect(place, from, &open).await?;
        open.retain(|target, _| !is_open(&now, target));
        if !open.is_empty() && Instant::now() > deadline {
            bail!("{from} cannot connect to {:?}: {now:?}", open.keys());
        }
    }
    Ok(count)
}

fn is_open(now: &BTreeMap<String, String>, target: &str) -> bool {
    now.get(target).is_some_and(|state| state == "open")
}

/// Returns the result for each target from the pod in the place of `from`. Waits for a container
/// that has not started yet.
async fn connect(place: &Cluster, from: &str, targets: &Targets) -> Result<BTreeMap<String, String>> {
    let pod = name(from);
    let mut exec = vec!["exec", &pod, "--", "/estore", "try-connect"];
    exec.extend(targets.keys().map(String::as_str));
    let deadline = Instant::now() + PATIENCE;
    loop {
        match place.kubectl(&exec).await {
            Ok(said) => {
                let lines = said.lines().filter_map(|line| line.split_once(' '));
                return Ok(lines.map(|(target, state)| (target.to_owned(), state.to_owned())).collect());
            }
            Err(error) if Instant::now() > deadline => return Err(error),
            Err(_) => sleep(Duration::from_millis(300)).await,
        }
    }
}

/// Checks that only the jobs that use Kubernetes may reach its API. It reads the policies, because
/// not every cluster enforces them for its own API server.
async fn reaches_the_api_server(cluster: &Cluster) -> Result<()> {
    let policies = cluster.get(&["networkpolicies"]).await?;
    let items = policies.get("items").and_then(Value::as_array).context("policies")?;
    let to_addresses = items.iter().filter(|policy| {
        let egress = policy.pointer("/spec/egress").and_then(Value::as_array).cloned().unwrap_or_default();
        egress.iter().any(|rule| rule.to_string().contains("ipBlock"))
    });
    let mut names: Vec<&str> =
        to_addresses.filter_map(|policy| policy.pointer("/metadata/name").and_then(Value::as_str)).collect();
    names.sort_unstable();
    let expected = [format!("{RELEASE}-bootstrap"), format!("{RELEASE}-secrets")];
    ensure!(names == expected, "these may leave the cluster: {names:?}");
    Ok(())
}
