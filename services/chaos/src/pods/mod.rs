//! The pods of one namespace. Needs a Role for that namespace alone: to list and delete pods, to
//! execute in them, and to scale the mailbox.

mod freeze;
mod kill;
mod mail;
mod select;

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use estore_base::config::{ConfigError, Env};
use estore_contract::demo::{FaultKind, FaultPlatform, FaultTarget};
use estore_server::StartError;
use k8s_openapi::api::{apps::v1::Deployment, core::v1::Pod};
use kube::{Api, Client, Config};
use tokio::time::{Instant, timeout};

use crate::{
    Platform, PlatformError,
    config::{CHAOS_LABELS, CHAOS_MAILBOX, CHAOS_TARGETS, POD_NAMESPACE},
};
use freeze::Frozen;

/// The time for one call of a recovery. The pods of a dead node are listed as running for a while.
const STEP: Duration = Duration::from_secs(10);

/// The settings that say which pods are the shop's.
#[derive(Debug, Clone)]
pub struct Selection {
    /// The namespace.
    pub namespace: String,
    /// The label selector of all of the shop's pods.
    pub labels: String,
    /// The components that run as pods.
    pub targets: Vec<FaultTarget>,
    /// The name of the mailbox's Deployment, if there is one.
    pub mailbox: Option<String>,
}

/// The pods of one namespace.
pub struct Pods {
    api: Api<Pod>,
    deployments: Api<Deployment>,
    selection: Selection,
    /// The frozen pod of each component.
    frozen: Mutex<HashMap<FaultTarget, Frozen>>,
    /// The number of pods that each component had before one was killed, and the time of that.
    counts: Mutex<HashMap<FaultTarget, (usize, Instant)>>,
}

impl Selection {
    fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let targets: String = env.get(&CHAOS_TARGETS)?;
        let is_target = |target: &FaultTarget| FaultKind::Kill.targets().contains(target);
        let parse = |name: &str| name.trim().parse().ok().filter(is_target);
        let targets: Option<Vec<FaultTarget>> = targets.split(',').map(parse).collect();
        Ok(Self {
            namespace: env.get(&POD_NAMESPACE)?,
            labels: env.get(&CHAOS_LABELS)?,
            targets: targets.ok_or_else(|| CHAOS_TARGETS.wrong("has a name that is no component"))?,
            mailbox: env.optional(&CHAOS_MAILBOX)?,
        })
    }
}

impl Pods {
    /// Connects to the cluster of this pod.
    pub fn from_env(env: &Env) -> Result<Self, StartError> {
        let selection = Selection::from_env(env)?;
        let config = Config::incluster().map_err(|error| StartError::Other(error.into()))?;
        let client = Client::try_from(config).map_err(|error| StartError::Other(error.into()))?;
        Ok(Self::new(&client, selection))
    }

    /// Uses this client.
    #[must_use]
    pub fn new(client: &Client, selection: Selection) -> Self {
        Self {
            api: Api::namespaced(client.clone(), &selection.namespace),
            deployments: Api::namespaced(client.clone(), &selection.namespace),
            selection,
            frozen: Mutex::default(),
            counts: Mutex::default(),
        }
    }

    fn frozen(&self) -> MutexGuard<'_, HashMap<FaultTarget, Frozen>> {
        self.frozen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<FaultTarget, (usize, Instant)>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Platform for Pods {
    fn name(&self) -> FaultPlatform {
        FaultPlatform::Pods
    }

    fn offers(&self, kind: FaultKind, target: FaultTarget) -> bool {
        match kind {
            FaultKind::MailDown => self.selection.mailbox.is_some(),
            _ => self.selection.targets.contains(&target),
        }
    }

    async fn is_ready(&self, target: FaultTarget) -> Result<bool, PlatformError> {
        self.all_ready(target).await
    }

    async fn kill(&self, target: FaultTarget) -> Result<String, PlatformError> {
        self.delete_one(target).await
    }

    async fn freeze(&self, target: FaultTarget, length: Duration) -> Result<String, PlatformError> {
        self.freeze_one(target, length).await
    }

    async fn thaw(&self, target: FaultTarget) -> Result<(), PlatformError> {
        self.thaw_one(target).await
    }

    async fn mail_down(&self, _length: Duration) -> Result<String, PlatformError> {
        self.scale_mailbox(0).await
    }

    async fn mail_up(&self) -> Result<(), PlatformError> {
        self.scale_mailbox(1).await.map(drop)
    }

    async fn recover(&self) -> Result<(), PlatformError> {
        if self.selection.mailbox.is_some() {
            within(self.raise_mailbox()).await?;
        }
        self.thaw_all().await
    }
}

/// Gives a call of a recovery a limit.
async fn within<T>(call: impl Future<Output = Result<T, PlatformError>>) -> Result<T, PlatformError> {
    let late = |_| PlatformError::Failed("the Kubernetes API does not answer in time".to_owned());
    timeout(STEP, call).await.map_err(late)?
}

/// Sorts the errors of the Kubernetes API. A refusal had no effect.
fn failed(error: kube::Error) -> PlatformError {
    match error {
        kube::Error::Api(status) if matches!(status.code, 400..=407 | 409..=428 | 430..=499) => {
            PlatformError::Refused(format!("the Kubernetes API refuses this: {}", status.message))
        }
        error => PlatformError::Failed(format!("the Kubernetes API does not answer: {error}")),
    }
}
