//! The release, by helm.

use std::path::PathBuf;

use anyhow::Result;
use estore_tests::project;

use crate::{cluster::RELEASE, tool};

/// How long helm waits: an installation must be ready in 2 min, which is measured; this is for slow machines.
const LIMIT: &str = "5m";

/// Which chart, and with which values.
#[derive(Debug, Clone)]
pub(crate) struct Release {
    namespace: String,
    chart: String,
    values: Vec<String>,
    tag: String,
}

impl Release {
    /// With the values of these tests, those of `stores`, and further files.
    pub(crate) fn new(namespace: &str, stores: &str, tag: &str, more: &[PathBuf]) -> Self {
        let ours = |name: &str| project().join("tests/cluster/values").join(format!("{name}.yaml"));
        let files = [ours("shop"), ours(stores)];
        let values = files.iter().chain(more).map(|file| file.display().to_string()).collect();
        let chart = project().join("charts/estore").display().to_string();
        Self { namespace: namespace.to_owned(), chart, values, tag: format!("image.tag={tag}") }
    }

    async fn helm(&self, arguments: &[&str]) -> Result<String> {
        tool::run("helm", &[&["--namespace", &self.namespace], arguments].concat()).await
    }

    fn values(&self) -> Vec<&str> {
        let files = self.values.iter().flat_map(|file| ["--values", file]);
        files.chain(["--set", &self.tag]).collect()
    }

    pub(crate) async fn install(&self) -> Result<String> {
        let arguments = ["install", RELEASE, &self.chart, "--wait", "--wait-for-jobs", "--timeout", LIMIT];
        self.helm(&[&arguments[..], &self.values()].concat()).await
    }

    /// `set` is as helm takes it: `name=value,name=value`.
    pub(crate) async fn upgrade(&self, set: &str) -> Result<String> {
        let arguments = ["upgrade", RELEASE, &self.chart, "--wait", "--timeout", LIMIT, "--set", set];
        self.helm(&[&arguments[..], &self.values()].concat()).await
    }

    /// To the revision before.
    pub(crate) async fn rollback(&self) -> Result<String> {
        self.helm(&["rollback", RELEASE, "--wait", "--timeout", LIMIT]).await
    }

    /// The chart's own test; it fails where that does.
    pub(crate) async fn test(&self) -> Result<String> {
        self.helm(&["test", RELEASE, "--timeout", LIMIT]).await
    }

    pub(crate) async fn uninstall(&self) -> Result<String> {
        self.helm(&["uninstall", RELEASE, "--wait", "--ignore-not-found", "--timeout", LIMIT]).await
    }
}
