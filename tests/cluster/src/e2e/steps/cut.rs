//! Network cuts between Payment and Inventory: by the node's packet filter, which also affects open
//! connections, and by a policy, which affects new ones.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    cluster::{Cluster, RELEASE, SERVICES},
    counts::Counts,
    trial::Trial,
};

/// Orders a second, and units of the contested SKU.
const LOAD: (f64, u32) = (10.0, 100);
/// The duration of the cut, and of the load around it.
const CUT: Duration = Duration::from_secs(12);
const AROUND: Duration = Duration::from_secs(3);

pub(super) async fn run(trial: &mut Trial) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    let (cluster, node) = (trial.cluster.clone(), trial.node.clone());
    if let Some(node) = node {
        let (payment, inventory) = (cluster.pods("payment").await?, cluster.pods("inventory").await?);
        let cut = async || node.cut(&payment, &inventory).await;
        lines.extend(
            during(trial, "DROP on the node", cut, async || node.heal(&payment, &inventory).await).await?,
        );
    } else {
        lines.push("no DROP rule was set: nothing can be run on the node (E2E_NODE_EXEC)".to_owned());
    }
    let policy = cluster.get(&["networkpolicy", &format!("{RELEASE}-inventory")]).await?;
    let cut = async || {
        refuse(&cluster, &policy).await?;
        // A restart closes the old connections, which would otherwise stay open.
        let selector =
            format!("app.kubernetes.io/instance={RELEASE},app.kubernetes.io/component=payment,!e2e");
        cluster.kubectl(&["delete", "pod", "-l", &selector, "--wait=false"]).await?;
        cluster.rolled_out("payment").await
    };
    lines.extend(during(trial, "a NetworkPolicy", cut, async || replace(&cluster, &policy).await).await?);
    Ok(lines)
}

/// Lets the buyers order before, during and after the cut. During it, orders wait.
async fn during(
    trial: &mut Trial,
    how: &str,
    cut: impl AsyncFn() -> Result<()>,
    heal: impl AsyncFn() -> Result<()>,
) -> Result<[String; 2]> {
    let from = trial.driver().await?.begin(LOAD.0, LOAD.1).await?;
    sleep(AROUND).await;
    let done = cut().await;
    if done.is_ok() {
        sleep(CUT).await;
    }
    // Heals also a cut that was done by half.
    let healed = heal().await;
    done.context(how.to_owned())?;
    healed.context("heal")?;
    for name in SERVICES {
        trial.cluster.rolled_out(name).await?;
    }
    sleep(AROUND).await;
    let (ended, checked) = trial.settle().await?;
    let counts = Counts::of(&trial.driver().await?.ops(), from, ended.at_ms);
    ensure!(counts.answered("202") > 0, "{how}: no order had to wait, so nothing was cut: {}", counts.line());
    Ok([format!("{how}: {checked}"), counts.line()])
}

/// Removes from a policy that Payment may connect.
async fn refuse(cluster: &Cluster, policy: &Value) -> Result<()> {
    let mut policy = policy.clone();
    let rules = policy.pointer_mut("/spec/ingress").and_then(Value::as_array_mut).context("rules")?;
    let before = rules.len();
    rules.retain(|rule| {
        rule.pointer("/from/0/podSelector/matchLabels/app.kubernetes.io~1component")
            != Some(&json!("payment"))
    });
    ensure!(rules.len() + 1 == before, "the policy does not name Payment once");
    replace(cluster, &policy).await
}

async fn replace(cluster: &Cluster, policy: &Value) -> Result<()> {
    let mut policy = policy.clone();
    if let Some(metadata) = policy.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("resourceVersion");
        metadata.remove("managedFields");
    }
    cluster.kubectl_with(&["replace", "-f", "-"], policy.to_string().as_bytes()).await?;
    Ok(())
}
