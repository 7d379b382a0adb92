//! Kills pods by deleting them.

use estore_contract::demo::FaultTarget;
use kube::api::{DeleteParams, Preconditions};

use super::{Pods, failed, select};
use crate::PlatformError;

impl Pods {
    pub(super) async fn delete_one(&self, target: FaultTarget) -> Result<String, PlatformError> {
        let pods = self.list(target).await?;
        self.remember(target, pods.len());
        let pod = select::one_ready(pods, target)?;
        let name = select::name(&pod);
        let preconditions = Preconditions { uid: pod.metadata.uid, resource_version: None };
        let parameters = DeleteParams::default().grace_period(grace(target)).preconditions(preconditions);
        let _going = self.api.delete(&name, &parameters).await.map_err(failed)?;
        Ok(name)
    }
}

/// Returns the seconds that the processes get after SIGTERM.
///
/// Without grace, the API forgets a pod before its processes have ended. The next pod of a
/// store would then start beside it, and two servers would work on one volume. So a store gets a
/// second, and is killed after it.
const fn grace(target: FaultTarget) -> u32 {
    match target {
        FaultTarget::Redis | FaultTarget::Postgres => 1,
        _ => 0,
    }
}
