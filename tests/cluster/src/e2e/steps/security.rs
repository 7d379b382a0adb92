//! The namespace enforces `restricted`, and rejects none of the shop's pods.

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::trial::Trial;

pub(super) async fn run(trial: &mut Trial) -> Result<Vec<String>> {
    let namespace = trial.cluster.get(&["namespace", &trial.cluster.namespace]).await?;
    let level = namespace.pointer("/metadata/labels/pod-security.kubernetes.io~1enforce");
    ensure!(level == Some(&"restricted".into()), "the namespace enforces {level:?}");
    let events = trial.cluster.get(&["events", "--field-selector=reason=FailedCreate"]).await?;
    let events = events.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    let said = events.iter().filter_map(|event| event.get("message").and_then(Value::as_str));
    let refused: Vec<&str> = said.filter(|message| message.contains("violates PodSecurity")).collect();
    ensure!(refused.is_empty(), "{}", refused.join("\n"));
    // The namespace rejects a pod that asks for more: the label is in force.
    let root = serde_json::json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "e2e-root"}, "spec": {"containers": [{"name": "root", "image": "none.invalid/none:1"}]}});
    let made = trial
        .cluster
        .kubectl_with(&["create", "--dry-run=server", "-f", "-"], root.to_string().as_bytes())
        .await;
    ensure!(made.is_err(), "a pod that is not restricted was taken");
    Ok(vec!["every pod is restricted, and another one is refused".to_owned()])
}
