//! Takes the mailbox down by scaling its Deployment. The chart gives it one replica, so the number
//! to return to is known after any restart. The Role needs only the scale of that Deployment.

use kube::api::{Patch, PatchParams};
use serde_json::json;

use super::{Pods, failed};
use crate::PlatformError;

impl Pods {
    /// Sets the number of replicas. Returns the name of the Deployment.
    pub(super) async fn scale_mailbox(&self, replicas: i32) -> Result<String, PlatformError> {
        let name = self.mailbox()?;
        let patch = Patch::Merge(json!({"spec": {"replicas": replicas}}));
        let scaled = self.deployments.patch_scale(name, &PatchParams::default(), &patch).await;
        let _scale = scaled.map_err(failed)?;
        Ok(name.to_owned())
    }

    /// Brings the mailbox back if an earlier run took it down.
    pub(super) async fn raise_mailbox(&self) -> Result<(), PlatformError> {
        let scale = self.deployments.get_scale(self.mailbox()?).await.map_err(failed)?;
        if scale.spec.and_then(|spec| spec.replicas) == Some(0) {
            tracing::warn!("an earlier run left the mailbox down; bringing it back");
            let _name = self.scale_mailbox(1).await?;
        }
        Ok(())
    }

    fn mailbox(&self) -> Result<&str, PlatformError> {
        let name = self.selection.mailbox.as_deref();
        name.ok_or_else(|| PlatformError::Refused("there is no mailbox (CHAOS_MAILBOX)".to_owned()))
    }
}
