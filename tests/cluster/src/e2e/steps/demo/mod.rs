//! The demonstration (`demo.enabled`) in a namespace of its own. One command gives a shop under
//! load. Orders go on after faults on demand, and the audit is clean. Nothing runs after its
//! deletion.

mod api;
mod edges;
mod gone;
mod shoppers;
mod timetable;
mod visit;

use std::time::{Duration, Instant};

use anyhow::{Context, Error, Result, anyhow, ensure};
use estore_contract::demo::{
    FaultKind::{self, Apart, Freeze, GatewayAnswersLost, Kill, MailDown},
    FaultTarget::{self, Gateway, Inventory, Mail, Payment},
};
use serde_json::json;

use crate::{cluster::Cluster, release::Release, trial::Trial};
use api::{Demo, wait_for};

/// The time from the command to a shop under load.
const LIMIT: Duration = Duration::from_mins(3);
/// The orders that must complete after a fault, as proof that they go on.
const ORDERS: u64 = 10;
/// The time for these orders, and for a fault beyond its own duration.
const PATIENCE: Duration = Duration::from_mins(2);
/// The time within which an audit runs that began after the last fault.
const AUDIT: Duration = Duration::from_mins(5);
/// The programs that Prometheus reads: two pods of each service, chaos and the shopper.
const TARGETS: f64 = 12.0;

/// The faults after the first one, and their durations in seconds.
const FAULTS: [(FaultKind, FaultTarget, u32); 4] =
    [(Freeze, Inventory, 8), (GatewayAnswersLost, Gateway, 5), (Apart, Inventory, 5), (MailDown, Mail, 10)];

pub(super) async fn run(trial: &Trial) -> Result<Vec<String>> {
    within(trial, lived).await
}

/// The step `timetable`.
pub(super) async fn run_timetable(trial: &Trial) -> Result<Vec<String>> {
    within(trial, timetable::run).await
}

/// Runs `live` with a namespace of its own, which is removed before and after.
async fn within(
    trial: &Trial,
    live: impl AsyncFnOnce(&Trial, &Cluster) -> Result<Vec<String>>,
) -> Result<Vec<String>> {
    let place = Cluster { namespace: format!("{}-demo", trial.cluster.namespace) };
    remove(&place).await?;
    let done = match live(trial, &place).await {
        Ok(lines) => Ok(lines),
        Err(error) => Err(explained(&place, &error).await),
    };
    remove(&place).await?;
    done
}

/// Adds the state of the namespace, which is about to go, to an error.
async fn explained(place: &Cluster, error: &Error) -> Error {
    let mut seen = vec![format!("{error:#}")];
    let programs = "app.kubernetes.io/component in (chaos,shopper,audit)";
    for arguments in [
        &["get", "pods", "-o", "wide"][..],
        &["get", "events", "--sort-by=.lastTimestamp", "--field-selector=type!=Normal"],
        &["logs", "--tail=20", "--prefix", "--ignore-errors", "-l", programs],
    ] {
        seen.push(place.kubectl(arguments).await.unwrap_or_else(|error| format!("{error:#}")));
    }
    anyhow!(seen.join("\n"))
}

async fn remove(place: &Cluster) -> Result<()> {
    let namespace = &place.namespace;
    place.kubectl(&["delete", "namespace", namespace, "--ignore-not-found", "--timeout=3m"]).await?;
    Ok(())
}

async fn lived(trial: &Trial, place: &Cluster) -> Result<Vec<String>> {
    let began = Instant::now();
    let (release, demo) = begin(trial, place, None).await?;
    let installed = began.elapsed();
    demo.completed(1, PATIENCE).await.context("the first order")?;
    let loaded = began.elapsed();
    ensure!(loaded < LIMIT, "the shop was under load only after {loaded:.0?}");
    let mut lines = vec![format!(
        "ready {:.0} s and under load {:.0} s after helm install",
        installed.as_secs_f64(),
        loaded.as_secs_f64()
    )];

    lines.push(kill(&demo, place).await?);
    match &trial.browser {
        Some(browser) => lines.extend(visit::run(browser, &demo, place).await.context("the visit")?),
        None => lines.push("no browser visited it: E2E_BROWSER is not set".to_owned()),
    }
    for (kind, target, seconds) in FAULTS {
        demo.strike(kind, target, Some(seconds)).await?;
        go_on(&demo).await.with_context(|| format!("after {}", kind.as_str()))?;
    }
    place.rolled_out("mail").await.context("the mailbox is not back")?;
    lines.push(format!("orders went on after {} other faults, each of which ended by itself", FAULTS.len()));
    lines.push(proof(&demo).await?);
    lines.push(edges::run(trial, place).await?);

    drop(demo);
    release.uninstall().await?;
    gone::check(place).await?;
    Ok(lines)
}

/// Installs the demonstration. `more` is another file of values.
async fn begin(trial: &Trial, place: &Cluster, more: Option<&str>) -> Result<(Release, Demo)> {
    let labels = json!({"pod-security.kubernetes.io/enforce": "restricted"});
    let metadata = json!({"name": place.namespace, "labels": labels});
    place.apply(&[json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})]).await?;
    let release = trial.release.demo(&place.namespace, more);
    release.install().await?;
    Ok((release, Demo::open(place).await?))
}

/// Kills a pod of Payment through the API of chaos, and sees it replaced.
async fn kill(demo: &Demo, place: &Cluster) -> Result<String> {
    let pods = place.pods("payment").await?;
    ensure!(pods.len() == 2, "Payment has {} pods", pods.len());
    let event = demo.strike(Kill, Payment, None).await?;
    let hit = event.detail.unwrap_or_default();
    ensure!(pods.iter().any(|pod| hit.contains(&pod.name)), "no pod of Payment was hit: {hit}");
    go_on(demo).await.context("after the kill")?;
    place.back("payment", &pods).await?;
    Ok(format!("{hit} was killed, {ORDERS} more orders completed, and it was replaced"))
}

async fn go_on(demo: &Demo) -> Result<()> {
    let so_far = demo.load().await?.counts.completed;
    demo.completed(so_far + ORDERS, PATIENCE).await
}

/// Waits for an audit that began after the faults, and checks every part that says how the shop is.
async fn proof(demo: &Demo) -> Result<String> {
    wait_for("Prometheus reads every program", PATIENCE, async || {
        Ok((demo.number("count(up == 1)").await? == Some(TARGETS)).then_some(()))
    })
    .await?;
    demo.audited_from_now(AUDIT).await?;
    let violations = demo.number("sum(max by (equation) (estore_audit_violations))").await?;
    ensure!(violations == Some(0.0), "the audit found {violations:?} violations");
    let told = wait_for("a comparison with what customers were told", PATIENCE, async || {
        let told = demo.load().await?.told;
        Ok((told.compared > 0).then_some(told))
    })
    .await?;
    ensure!(told.disagreements == 0, "customers were told otherwise: {:?}", told.offenders);
    let services = demo.traced().await?;
    ensure!(services.iter().any(|name| name.contains("payment")), "traces are only of {services:?}");
    let orders = demo.load().await?.counts.completed;
    Ok(format!(
        "0 violations in the audit, 0 of {} compared orders were otherwise than told, {orders} completed, traces of {} programs",
        told.compared,
        services.len()
    ))
}
