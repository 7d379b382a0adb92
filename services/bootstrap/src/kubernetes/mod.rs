//! What speaks to the Kubernetes API: the secrets of a release, the job's lease and status, the catalogue's operator.

mod ask;
pub mod job;
pub mod operator;
pub mod secrets;

use std::{future::Future, time::Duration};

use anyhow::{Context, Result, bail};
use estore_kit::config::Env;
use kube::{Client, Config};
use tokio::{
    select,
    signal::unix::{SignalKind, signal},
};

pub(crate) use ask::{ApiFailure, ask};

/// Who made an object (`app.kubernetes.io/managed-by`).
const MANAGER: &str = "estore-bootstrap";

/// Does `work`, unless this process is told to stop (SIGTERM), of which the first process of a container would not die by itself.
async fn unless_stopped<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let mut stop = signal(SignalKind::terminate())?;
    select! {
        done = work => done,
        _ = stop.recv() => bail!("told to stop"),
    }
}

/// Where this process is.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) client: Client,
    pub(crate) namespace: String,
}

impl Place {
    /// The cluster that this pod runs in, or that of `KUBECONFIG`; `POD_NAMESPACE` names the namespace. For single calls with [`ask`].
    pub(crate) async fn from_env(env: &Env) -> Result<Self> {
        Self::with(env, |config| {
            // `ask` tries again, in its own time.
            config.default_retry = false;
            config.read_timeout = Some(Duration::from_secs(10));
            config.reset_reader_on_write = true;
        })
        .await
    }

    /// The same, for watching: an answer may be long in coming.
    pub(crate) async fn watching(env: &Env) -> Result<Self> {
        Self::with(env, |_| {}).await
    }

    async fn with(env: &Env, change: impl FnOnce(&mut Config)) -> Result<Self> {
        let namespace = env.required("POD_NAMESPACE", "shop")?;
        let inferred = Config::infer().await.map_err(kube::Error::InferConfig);
        let mut config = inferred.map_err(ApiFailure::from)?;
        change(&mut config);
        let client = Client::try_from(config).map_err(ApiFailure::from).context("the Kubernetes API")?;
        Ok(Self { client, namespace })
    }
}
