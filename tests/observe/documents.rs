//! docs/metrics.md has every metric with its labels, and none that there is not.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use estore_stage::ServiceName;
use estore_tests::project;

use crate::{
    exposition::{self, Metric},
    listed,
    scene::scene,
};

/// The rows `` | `name` | type | labels | meaning | ``, of all tables together; each has a meaning.
fn rows(text: &str) -> BTreeMap<String, Metric> {
    let mut rows: BTreeMap<String, Metric> = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> =
            line.trim_matches('|').split(" | ").map(|cell| cell.trim_matches([' ', '|'])).collect();
        let [name, kind, labels, meaning, ..] = cells[..] else { panic!("a row without four cells: {line}") };
        assert!(!meaning.is_empty(), "no meaning: {line}");
        let word = |text: &str| text.trim_matches([' ', '`']).to_owned();
        let named = labels.split(',').map(word);
        // `method` and `method` (what it may be) are the same label.
        let named = named.map(|label| label.split([' ', '`', '(']).next().unwrap_or_default().to_owned());
        let row = rows.entry(word(name)).or_default();
        kind.trim_matches('`').clone_into(&mut row.kind);
        row.labels.extend(named.filter(|label| label.starts_with(|c: char| c.is_ascii_lowercase())));
    }
    rows
}

#[tokio::test]
async fn docs_metrics_is_what_the_services_expose() {
    let documented = rows(&fs::read_to_string(project().join("docs/metrics.md")).unwrap());
    let mut exposed: BTreeMap<String, Metric> = BTreeMap::new();
    for service in ServiceName::ALL {
        for (name, metric) in exposition::metrics(&scene().exposition(service).await) {
            let one = exposed.entry(name).or_default();
            one.kind = metric.kind;
            one.labels.extend(metric.labels);
        }
    }
    let names: BTreeSet<&String> = documented.keys().chain(exposed.keys()).collect();
    let problem = |name: &String| match (documented.get(name), exposed.get(name)) {
        (None, Some(_)) => Some("docs/metrics.md does not have it".to_owned()),
        (Some(_), None) => Some("no service exposes it".to_owned()),
        (documented, exposed) if documented != exposed => {
            Some(format!("{documented:?} is written, {exposed:?} is so"))
        }
        _ => None,
    };
    let found: BTreeMap<_, _> = names.into_iter().map(|name| (name.clone(), problem(name))).collect();
    assert!(found.len() > 20, "{found:?}");
    listed::settle("documents", &found);
}

#[test]
fn rows_are_read() {
    let text = "| Name | Type | Labels | Meaning |\n| --- | --- | --- | --- |\n| `a_total` | counter | `x`, `y` | Things |\n| `b` | gauge | | A thing |\n";
    let rows = rows(text);
    let labels = BTreeSet::from(["x".to_owned(), "y".to_owned()]);
    assert_eq!(rows["a_total"], Metric { kind: "counter".to_owned(), labels });
    assert_eq!(rows["b"], Metric { kind: "gauge".to_owned(), labels: BTreeSet::new() });
}
