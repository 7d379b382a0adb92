//! A namespace of a cluster, through kubectl.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tokio::time::sleep;

use crate::tool;

/// The release name, with which all names begin.
pub(crate) const RELEASE: &str = "estore";
/// The four services.
pub(crate) const SERVICES: [&str; 4] = ["user", "verification", "inventory", "payment"];
/// The services, and the storefront in front of them.
pub(crate) const WITH_STOREFRONT: [&str; 5] = ["user", "verification", "inventory", "payment", "storefront"];
/// The two stores.
pub(crate) const STORES: [&str; 2] = ["postgres", "redis"];
/// The time within which a component must be ready.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// A namespace: the shop's, or one outside.
#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    /// The name of the namespace.
    pub(crate) namespace: String,
}

impl Cluster {
    /// Runs kubectl in the namespace.
    pub(crate) async fn kubectl(&self, arguments: &[&str]) -> Result<String> {
        self.kubectl_with(arguments, b"").await
    }

    /// Runs kubectl in the namespace, with `input` on its standard input.
    pub(crate) async fn kubectl_with(&self, arguments: &[&str], input: &[u8]) -> Result<String> {
        let all = [&["--namespace", &self.namespace], arguments].concat();
        tool::run_with("kubectl", &all, input).await
    }

    /// Applies these objects. An object without a namespace goes to this one.
    pub(crate) async fn apply(&self, objects: &[Value]) -> Result<()> {
        let list = serde_json::json!({"apiVersion": "v1", "kind": "List", "items": objects});
        self.kubectl_with(
            &["apply", "--server-side", "--force-conflicts", "-f", "-"],
            list.to_string().as_bytes(),
        )
        .await?;
        Ok(())
    }

    /// Returns an object, or a list.
    pub(crate) async fn get(&self, arguments: &[&str]) -> Result<Value> {
        let text = self.kubectl(&[&["get", "-o", "json"], arguments].concat()).await?;
        serde_json::from_str(&text).with_context(|| arguments.join(" "))
    }

    pub(crate) async fn secret(&self, name: &str, key: &str) -> Result<String> {
        let template = format!("{{{{index .data \"{key}\" | base64decode}}}}");
        self.kubectl(&["get", "secret", name, "-o", &format!("go-template={template}")]).await
    }

    /// Returns the pods of a component that are not being deleted.
    pub(crate) async fn pods(&self, component: &str) -> Result<Vec<Pod>> {
        let selector =
            format!("app.kubernetes.io/instance={RELEASE},app.kubernetes.io/component={component},!e2e");
        let list = self.get(&["pods", "-l", &selector]).await?;
        let items = list.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
        let live = items.iter().filter(|pod| pod.pointer("/metadata/deletionTimestamp").is_none());
        Ok(live.filter_map(Pod::of).collect())
    }

    /// Waits until the controller of the pods of `component` reports that all are ready.
    pub(crate) async fn rolled_out(&self, component: &str) -> Result<()> {
        let kind = if STORES.contains(&component) { "statefulset" } else { "deployment" };
        let limit = format!("--timeout={}s", PATIENCE.as_secs());
        self.kubectl(&["rollout", "status", kind, &format!("{RELEASE}-{component}"), &limit]).await?;
        Ok(())
    }

    /// Waits until `component` has all its pods ready. Each must be missing from `before`, or have
    /// restarted since.
    pub(crate) async fn back(&self, component: &str, before: &[Pod]) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let now = self.pods(component).await?;
            let is_new =
                |pod: &Pod| before.iter().all(|old| old.uid != pod.uid || old.restarts < pod.restarts);
            let ready = now.iter().filter(|pod| pod.ready).count();
            if ready >= before.len() && now.iter().any(is_new) {
                return self.rolled_out(component).await;
            }
            if Instant::now() > deadline {
                bail!("{component} is not back: {now:?}, before {before:?}");
            }
            sleep(Duration::from_millis(200)).await;
        }
    }
}

/// The fields of a pod that the tests need.
#[derive(Debug, Clone)]
pub(crate) struct Pod {
    pub(crate) name: String,
    /// Its uid, by which a node knows its processes.
    pub(crate) uid: String,
    pub(crate) ip: String,
    pub(crate) ready: bool,
    /// The number of restarts of its container.
    pub(crate) restarts: u64,
}

impl Pod {
    fn of(pod: &Value) -> Option<Self> {
        let text = |at: &str| pod.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
        let status = pod.pointer("/status/containerStatuses/0");
        let status = |name: &str| status.and_then(|status| status.get(name));
        Some(Self {
            name: text("/metadata/name"),
            uid: text("/metadata/uid"),
            ip: text("/status/podIP"),
            ready: status("ready").and_then(Value::as_bool).unwrap_or_default(),
            restarts: status("restartCount").and_then(Value::as_u64).unwrap_or_default(),
        })
        .filter(|pod| !pod.name.is_empty())
    }
}
