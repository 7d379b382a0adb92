//! Freezes pods: `/estore freeze` runs in the container, stops the service there, and continues it
//! after its time. The pods share one process namespace, in which the service is not the first
//! process and so can be stopped.

use std::time::Duration;

use estore_contract::demo::{FaultKind, FaultTarget};
use futures::future::join_all;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Status;
use kube::api::{AttachParams, AttachedProcess};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

use super::{Pods, failed, select, within};
use crate::PlatformError;

/// A pod whose service is stopped, or may be.
pub(super) struct Frozen {
    pod: String,
    /// The command that continues the service, once it has said that the service is stopped. Some
    /// container runtimes end it with the connection.
    _command: Option<AttachedProcess>,
}

impl Pods {
    pub(super) async fn freeze_one(
        &self,
        target: FaultTarget,
        length: Duration,
    ) -> Result<String, PlatformError> {
        let pod = select::name(&select::one_ready(self.list(target).await?, target)?);
        // First, so that a thaw finds the pod if this call is given up or gets no answer.
        self.frozen().insert(target, Frozen { pod: pod.clone(), _command: None });
        match self.stop_service(&pod, target, length).await {
            Ok(command) => {
                self.frozen().insert(target, Frozen { pod: pod.clone(), _command: Some(command) });
                Ok(pod)
            }
            Err(error) => {
                if error.is_final() {
                    drop(self.frozen().remove(&target));
                }
                Err(error)
            }
        }
    }

    /// Begins the command that stops the service in a pod. Returns it once the service is stopped.
    async fn stop_service(
        &self,
        pod: &str,
        target: FaultTarget,
        length: Duration,
    ) -> Result<AttachedProcess, PlatformError> {
        let mut command = self.execute(pod, target, length.as_secs()).await?;
        let mut line = String::new();
        if let Some(output) = command.stdout() {
            let read = BufReader::new(output).read_line(&mut line).await;
            let _bytes = read.map_err(|error| PlatformError::Failed(error.to_string()))?;
        }
        if line.is_empty() {
            return Err(match end(command).await {
                Ok(()) => PlatformError::Failed(format!("{pod}: nothing was stopped")),
                Err(reason) => PlatformError::Failed(format!("{pod}: {reason}")),
            });
        }
        Ok(command)
    }

    pub(super) async fn thaw_one(&self, target: FaultTarget) -> Result<(), PlatformError> {
        let Some(pod) = self.frozen().get(&target).map(|frozen| frozen.pod.clone()) else { return Ok(()) };
        let found = self.api.get_opt(&pod).await.map_err(failed)?;
        // The processes of a pod that is gone, or was started again, are not stopped.
        if found.is_some_and(|pod| select::is_running(&pod)) {
            match self.execute(&pod, target, 0).await {
                Ok(command) => {
                    end(command).await.map_err(|reason| PlatformError::Failed(format!("{pod}: {reason}")))?;
                }
                // The container is starting again, as after a failed liveness probe.
                Err(error) if error.is_final() => tracing::info!(pod, %error, "pod needs no thaw"),
                Err(error) => return Err(error),
            }
        }
        drop(self.frozen().remove(&target));
        Ok(())
    }

    /// Continues the services of all pods that could be frozen, at once. A pod in which nothing can
    /// be executed has nothing to continue.
    pub(super) async fn thaw_all(&self) -> Result<(), PlatformError> {
        let mut thaws = Vec::new();
        for target in FaultKind::Freeze.targets() {
            if !self.selection.targets.contains(target) {
                continue;
            }
            let pods = within(self.list(*target)).await?;
            let running = pods.iter().filter(|pod| select::is_running(pod));
            thaws.extend(running.map(|pod| self.thaw_pod(select::name(pod), *target)));
        }
        join_all(thaws).await;
        Ok(())
    }

    async fn thaw_pod(&self, pod: String, target: FaultTarget) {
        let thaw = async {
            let command = self.execute(&pod, target, 0).await?;
            end(command).await.map_err(PlatformError::Failed)
        };
        if let Err(error) = within(thaw).await {
            tracing::info!(pod, %error, "pod cannot be continued; it is probably starting");
        }
    }

    /// Begins the command in a pod's container, which has the component's name. 0 seconds continue
    /// the service.
    async fn execute(
        &self,
        pod: &str,
        target: FaultTarget,
        seconds: u64,
    ) -> Result<AttachedProcess, PlatformError> {
        let command = ["/estore", "freeze", "--seconds", &seconds.to_string()].map(ToOwned::to_owned);
        let parameters = AttachParams::default().container(target.as_str());
        self.api.exec(pod, command, &parameters).await.map_err(failed)
    }
}

/// Waits until the command has ended. Returns the reason of a failure, with the last words of the
/// command.
async fn end(mut command: AttachedProcess) -> Result<(), String> {
    let mut words = String::new();
    if let Some(errors) = command.stderr() {
        let _bytes = errors.take(1000).read_to_string(&mut words).await.map_err(|error| error.to_string())?;
    }
    let status = match command.take_status() {
        Some(status) => status.await,
        None => None,
    };
    match status {
        Some(Status { status: Some(status), .. }) if status == "Success" => Ok(()),
        Some(Status { message, .. }) => Err(format!("{} {}", message.unwrap_or_default(), words.trim())),
        None => Err("the connection to the command broke".to_owned()),
    }
}
