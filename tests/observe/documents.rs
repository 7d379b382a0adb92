//! docs/metrics.md lists every metric with its labels, and no other metric.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use estore_testbed::ServiceName;
use estore_tests::project;

use crate::{
    exposition::{self, Metric},
    listed,
    scene::scene,
    standins,
};

/// A documented metric: its type, and its labels with the values that each may have, if the page
/// names them.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) kind: String,
    pub(crate) labels: BTreeMap<String, Option<BTreeSet<String>>>,
}

/// Parses the rows `` | `name` | type | labels | meaning | `` of all tables together. Each row must
/// have a meaning.
pub(crate) fn rows(text: &str) -> BTreeMap<String, Row> {
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line[2..].trim_end_matches([' ', '|']).split(" | ").collect();
        let [name, kind, labels, meaning] = cells[..] else { panic!("a row without four cells: {line}") };
        assert!(!meaning.is_empty(), "no meaning: {line}");
        // Some metrics are in two tables, one for each service that exposes them.
        let row = rows.entry(name.trim_matches('`').to_owned()).or_default();
        kind.clone_into(&mut row.kind);
        for label in labels.split("; ").filter(|label| !label.is_empty()) {
            let (name, told) = label[1..].split_once('`').unwrap_or_else(|| panic!("no label: {line}"));
            let values = told
                .strip_prefix(": ")
                .map(|all| all.split(", ").map(str::to_owned).collect::<BTreeSet<_>>());
            let known = row.labels.entry(name.to_owned()).or_insert_with(|| Some(BTreeSet::new()));
            *known = known.take().zip(values).map(|(known, values)| &known | &values);
        }
    }
    rows
}

/// Describes how an exposed metric differs from its row.
fn difference(row: &Row, metric: &Metric) -> Option<String> {
    if row.kind != metric.kind {
        return Some(format!("it is a {}, and not a {}", metric.kind, row.kind));
    }
    for (label, values) in &metric.labels {
        match row.labels.get(label) {
            None => return Some(format!("it has the label {label}, too")),
            Some(Some(known)) if !values.is_subset(known) => {
                return Some(format!("{label} is {values:?}, too"));
            }
            Some(_) => {}
        }
    }
    let missing = row.labels.keys().find(|label| !metric.labels.contains_key(*label));
    missing.map(|label| format!("it has no label {label}"))
}

#[tokio::test]
async fn documented_metrics_match_the_exposed_ones() {
    let documented = rows(&fs::read_to_string(project().join("docs/metrics.md")).unwrap());
    let mut exposed: BTreeMap<String, Metric> = BTreeMap::new();
    for service in ServiceName::WITH_STOREFRONT {
        for (name, metric) in exposition::metrics(&scene().exposition(service).await) {
            let one = exposed.entry(name).or_default();
            one.kind = metric.kind;
            for (label, values) in metric.labels {
                one.labels.entry(label).or_default().extend(values);
            }
        }
    }
    // The scene does not run Chaos and the shopper.
    let standins = standins::metrics();
    let names: BTreeSet<&String> =
        documented.keys().filter(|name| !standins.contains_key(*name)).chain(exposed.keys()).collect();
    let problem = |name: &String| match (documented.get(name), exposed.get(name)) {
        (None, Some(_)) => Some("docs/metrics.md does not have it".to_owned()),
        (Some(_), None) => Some("no service exposes it".to_owned()),
        (Some(row), Some(metric)) => difference(row, metric),
        (None, None) => None,
    };
    let found: BTreeMap<_, _> = names.into_iter().map(|name| (name.clone(), problem(name))).collect();
    assert!(found.len() > 20, "{found:?}");
    listed::settle("documents", &found);
}

#[test]
fn rows_are_read_and_compared() {
    let text = "| metric | type | labels | meaning |\n|---|---|---|---|\n| `a_total` | counter | `x`: 1, 2; `y` (templates) | Things, by x |\n| `b` | gauge |  | A thing |\n| `a_total` | counter | `x`: 3; `y` (templates) | Things elsewhere |\n";
    let rows = rows(text);
    let metric = |kind: &str, labels: &[(&str, &str)]| {
        let one = |(name, value): &(&str, &str)| ((*name).to_owned(), BTreeSet::from([(*value).to_owned()]));
        Metric { kind: kind.to_owned(), labels: labels.iter().map(one).collect() }
    };
    let differs =
        |name: &str, kind: &str, labels: &[(&str, &str)]| difference(&rows[name], &metric(kind, labels));
    assert_eq!(differs("a_total", "counter", &[("x", "3"), ("y", "/{id}")]), None);
    assert_eq!(differs("b", "gauge", &[]), None);
    assert!(differs("a_total", "gauge", &[("x", "3"), ("y", "")]).is_some());
    assert!(differs("a_total", "counter", &[("x", "4"), ("y", "")]).is_some());
    assert!(differs("a_total", "counter", &[("x", "1")]).is_some());
    assert!(differs("b", "gauge", &[("x", "1")]).is_some());
}
