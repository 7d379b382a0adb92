//! The alerts and the recording rules behind them.

use std::{fs, path::PathBuf};

use estore_tests::project;
use serde::Deserialize;

/// One rule: an alert or a recording.
#[derive(Debug, Deserialize)]
pub(crate) struct Rule {
    pub(crate) alert: Option<String>,
    pub(crate) record: Option<String>,
    pub(crate) expr: String,
}

#[derive(Deserialize)]
struct Groups {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    rules: Vec<Rule>,
}

/// Returns the path of the chart's rules.
pub(crate) fn file() -> PathBuf {
    fs::canonicalize(project().join("charts/estore/files/alerts.yaml"))
        .expect("charts/estore/files/alerts.yaml")
}

/// Returns every rule in the file.
pub(crate) fn all() -> Vec<Rule> {
    let groups: Groups = serde_yaml_ng::from_str(&fs::read_to_string(file()).unwrap()).unwrap();
    let all: Vec<Rule> = groups.groups.into_iter().flat_map(|group| group.rules).collect();
    assert!(all.iter().any(|rule| rule.alert.is_some()), "there is no alert");
    all
}
