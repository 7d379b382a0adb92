//! The release, through helm.

use std::path::PathBuf;

use anyhow::Result;
use estore_tests::project;

use crate::{cluster::RELEASE, tool};

/// The time that helm waits. The test measures that an installation is ready in 2 min; this is for
/// slow machines.
const LIMIT: &str = "5m";

/// The chart and its values.
#[derive(Debug, Clone)]
pub(crate) struct Release {
    namespace: String,
    chart: String,
    values: Vec<String>,
    tag: String,
}

impl Release {
    /// Uses the values of these tests, those of `stores`, and further files.
    pub(crate) fn new(namespace: &str, stores: &str, tag: &str, more: &[PathBuf]) -> Self {
        let ours = |name: &str| project().join("tests/cluster/values").join(format!("{name}.yaml"));
        let files = [ours("shop"), ours(stores)];
        let values = files.iter().chain(more).map(|file| file.display().to_string()).collect();
        let chart = project().join("charts/estore").display().to_string();
        Self { namespace: namespace.to_owned(), chart, values, tag: format!("image.tag={tag}") }
    }

    /// Returns the demonstration, in another namespace, with the same stores and images. `more` is
    /// another file of `tests/cluster/values`.
    pub(crate) fn demo(&self, namespace: &str, more: Option<&str>) -> Self {
        let file = |path: &str| project().join(path).display().to_string();
        let stores = self.values.get(1).cloned();
        let ours = [file("k8s/values/demo.yaml"), file("tests/cluster/values/showcase.yaml")];
        let more = more.map(|name| file(&format!("tests/cluster/values/{name}.yaml")));
        Self {
            namespace: namespace.to_owned(),
            values: ours.into_iter().chain(stores).chain(more).collect(),
            ..self.clone()
        }
    }

    async fn helm(&self, arguments: &[&str]) -> Result<String> {
        tool::run("helm", &[&["--namespace", &self.namespace], arguments].concat()).await
    }

    fn values(&self) -> Vec<&str> {
        let files = self.values.iter().flat_map(|file| ["--values", file]);
        files.chain(["--set", &self.tag]).collect()
    }

    /// Returns the settings that give another release the same images.
    pub(crate) fn images(&self) -> Vec<String> {
        let stores = self.values.get(1).into_iter().flat_map(|file| ["--values".to_owned(), file.clone()]);
        stores.chain(["--set".to_owned(), self.tag.clone()]).collect()
    }

    pub(crate) async fn install(&self) -> Result<String> {
        let arguments = ["install", RELEASE, &self.chart, "--wait", "--wait-for-jobs", "--timeout", LIMIT];
        self.helm(&[&arguments[..], &self.values()].concat()).await
    }

    /// Upgrades the release. `set` has helm's form: `name=value,name=value`.
    pub(crate) async fn upgrade(&self, set: &str) -> Result<String> {
        let waits = ["--wait", "--wait-for-jobs", "--timeout", LIMIT];
        let arguments = [&["upgrade", RELEASE, &self.chart], &waits[..], &["--set", set]].concat();
        self.helm(&[&arguments[..], &self.values()].concat()).await
    }

    /// Upgrades with these arguments instead of the usual ones for waiting. Their values override
    /// all others.
    pub(crate) async fn upgrade_with(&self, more: &[&str]) -> Result<String> {
        self.helm(&[&["upgrade", RELEASE, &self.chart], &self.values()[..], more].concat()).await
    }

    /// Rolls back to the previous revision.
    pub(crate) async fn rollback(&self) -> Result<String> {
        self.helm(&["rollback", RELEASE, "--wait", "--wait-for-jobs", "--timeout", LIMIT]).await
    }

    /// Runs the chart's own test, and fails if it fails.
    pub(crate) async fn test(&self) -> Result<String> {
        self.helm(&["test", RELEASE, "--timeout", LIMIT]).await
    }

    pub(crate) async fn uninstall(&self) -> Result<String> {
        self.helm(&["uninstall", RELEASE, "--wait", "--ignore-not-found", "--timeout", LIMIT]).await
    }
}
