//! The pods of a component.

use std::time::Duration;

use estore_base::random;
use estore_contract::demo::FaultTarget;
use k8s_openapi::api::core::v1::Pod;
use kube::{ResourceExt, api::ListParams};
use tokio::time::Instant;

use super::{Pods, failed};
use crate::PlatformError;

/// The time in which a pod that was killed is replaced. After that, the number before the kill says
/// nothing: there may have been one more for a moment, or fewer may be wanted since.
const REPLACED: Duration = Duration::from_mins(2);

impl Pods {
    /// Lists the pods of a component that are not being deleted, and have not ended as evicted pods
    /// have. Nobody deletes those, and others take their place.
    pub(super) async fn list(&self, target: FaultTarget) -> Result<Vec<Pod>, PlatformError> {
        let component = format!("app.kubernetes.io/component={}", target.as_str());
        let parameters = ListParams::default().labels(&format!("{},{component}", self.selection.labels));
        let mut pods = self.api.list(&parameters).await.map_err(failed)?.items;
        pods.retain(|pod| pod.metadata.deletion_timestamp.is_none() && !has_ended(pod));
        Ok(pods)
    }

    /// Remembers how many pods a component has before one is killed.
    pub(super) fn remember(&self, target: FaultTarget, count: usize) {
        self.counts().insert(target, (count, Instant::now()));
    }

    /// Returns whether a component has as many pods as it had before a kill a moment ago, and all
    /// are ready.
    pub(super) async fn all_ready(&self, target: FaultTarget) -> Result<bool, PlatformError> {
        let pods = self.list(target).await?;
        let before = self.counts().get(&target).copied();
        let least = before.filter(|(_, since)| since.elapsed() < REPLACED).map_or(1, |(count, _)| count);
        Ok(pods.len() >= least && pods.iter().all(is_ready))
    }
}

/// Returns a ready pod, chosen at random.
pub(super) fn one_ready(pods: Vec<Pod>, target: FaultTarget) -> Result<Pod, PlatformError> {
    let mut ready: Vec<Pod> = pods.into_iter().filter(is_ready).collect();
    if ready.is_empty() {
        return Err(PlatformError::Absent(target));
    }
    let count = u32::try_from(ready.len()).unwrap_or(u32::MAX);
    let at = u32::from_be_bytes(random::bytes()) % count;
    Ok(ready.swap_remove(usize::try_from(at).unwrap_or(0)))
}

/// Returns whether the pod serves.
fn is_ready(pod: &Pod) -> bool {
    let conditions = pod.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
    conditions.iter().any(|condition| condition.type_ == "Ready" && condition.status == "True")
}

/// Returns whether the pod has a process that could be stopped.
pub(super) fn is_running(pod: &Pod) -> bool {
    phase(pod) == Some("Running")
}

fn has_ended(pod: &Pod) -> bool {
    matches!(phase(pod), Some("Failed" | "Succeeded"))
}

fn phase(pod: &Pod) -> Option<&str> {
    pod.status.as_ref()?.phase.as_deref()
}

/// Returns the name of a pod.
pub(super) fn name(pod: &Pod) -> String {
    pod.name_any()
}
