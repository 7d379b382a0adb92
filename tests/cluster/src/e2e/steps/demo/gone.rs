//! The namespace after `helm uninstall`: nothing runs, and nothing of the demonstration may do
//! anything.

use std::time::Duration;

use anyhow::{Result, ensure};

use super::api::wait_for;
use crate::cluster::{Cluster, RELEASE};

/// The time for pods that still drain, and for the jobs of the audit.
const PATIENCE: Duration = Duration::from_mins(2);
const RUNNING: &str =
    "deployment,statefulset,cronjob,job,pod,service,networkpolicy,poddisruptionbudget,rolebinding";
/// The objects that stay for a new installation: of the job that makes the Secrets, and the report
/// of bootstrap.
const KEPT: [&str; 2] = ["-secrets", "-bootstrap-status"];

pub(super) async fn check(place: &Cluster) -> Result<()> {
    let ours = format!("app.kubernetes.io/instance={RELEASE}");
    wait_for("nothing of the demonstration is left", PATIENCE, async || {
        let names = place.kubectl(&["get", RUNNING, "-l", &ours, "-o", "name"]).await?;
        Ok(names.lines().all(is_kept).then_some(()))
    })
    .await?;
    let names = place.kubectl(&["get", "role,serviceaccount,configmap", "-l", &ours, "-o", "name"]).await?;
    let left: Vec<&str> = names.lines().filter(|name| !is_kept(name)).collect();
    ensure!(left.is_empty(), "these are left: {left:?}");
    Ok(())
}

fn is_kept(name: &str) -> bool {
    KEPT.iter().any(|kept| name.ends_with(kept))
}
