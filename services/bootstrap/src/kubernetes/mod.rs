//! The parts that call the Kubernetes API: the secrets of a release, the status of the job, the
//! operator of the catalogue.

mod ask;
mod command;
mod earlier;
pub mod job;
pub mod operator;
pub mod secrets;

use std::{collections::BTreeMap, future::Future, time::Duration};

use anyhow::{Context, Result, bail};
use estore_base::config::{ConfigError, Env};
use kube::{Client, Config};
use tokio::{
    select,
    signal::unix::{SignalKind, signal},
};

use crate::config::{OBJECT_LABELS, POD_NAMESPACE};
pub(crate) use ask::{ApiFailure, ask};
pub use command::Command;

/// The manager of the created objects (`app.kubernetes.io/managed-by`).
const MANAGER: &str = "estore-bootstrap";

/// Runs `work` until it ends or this process gets SIGTERM. The first process of a container does
/// not end on SIGTERM by default.
async fn unless_stopped<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let mut stop = signal(SignalKind::terminate())?;
    select! {
        done = work => done,
        _ = stop.recv() => bail!("stopped by a signal"),
    }
}

/// The cluster and namespace of this process.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) client: Client,
    pub(crate) namespace: String,
    /// Labels of every created object (`OBJECT_LABELS`). They identify the objects of a release
    /// when it is erased.
    pub(crate) labels: BTreeMap<String, String>,
}

impl Place {
    /// Connects to the cluster of this pod, or that of `KUBECONFIG`; `POD_NAMESPACE` names the
    /// namespace. The client is for single calls with [`ask`].
    pub(crate) async fn from_env(env: &Env) -> Result<Self> {
        Self::with(env, |config| {
            // `ask` has its own retries.
            config.default_retry = false;
            config.read_timeout = Some(Duration::from_secs(10));
            config.reset_reader_on_write = true;
        })
        .await
    }

    /// Connects in the same way with a client for watches, whose answers may take long.
    pub(crate) async fn watching(env: &Env) -> Result<Self> {
        Self::with(env, |_| {}).await
    }

    async fn with(env: &Env, change: impl FnOnce(&mut Config)) -> Result<Self> {
        let namespace = env.get(&POD_NAMESPACE)?;
        let inferred = Config::infer().await.map_err(kube::Error::InferConfig);
        let mut config = inferred.map_err(ApiFailure::from)?;
        change(&mut config);
        let client = Client::try_from(config).map_err(ApiFailure::from).context("the Kubernetes API")?;
        Ok(Self { client, namespace, labels: labels(env)? })
    }
}

/// Parses `name=value,name=value`, and adds the manager of these objects.
fn labels(env: &Env) -> Result<BTreeMap<String, String>, ConfigError> {
    let text: String = env.optional(&OBJECT_LABELS)?.unwrap_or_default();
    let pairs = text.split(',').filter(|pair| !pair.is_empty());
    let mut labels: BTreeMap<String, String> = pairs
        .map(|pair| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())))
        .collect::<Option<_>>()
        .ok_or_else(|| OBJECT_LABELS.wrong("must be name=value,name=value"))?;
    labels.insert("app.kubernetes.io/managed-by".to_owned(), MANAGER.to_owned());
    Ok(labels)
}
