//! A parser of Prometheus's text format.

use std::collections::{BTreeMap, BTreeSet};

/// A metric: its type, and its labels with their values.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Metric {
    pub(crate) kind: String,
    pub(crate) labels: BTreeMap<String, BTreeSet<String>>,
}

/// One sample: its name as exposed, and its labels as text.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone)]
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) labels: String,
}

pub(crate) fn samples(text: &str) -> Vec<Sample> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let series = line.rsplit_once(' ').unwrap().0;
            let (name, labels) = series.split_once('{').unwrap_or((series, ""));
            Sample { name: name.to_owned(), labels: labels.trim_end_matches('}').to_owned() }
        })
        .collect()
}

/// Returns the names and values of a sample's labels. Values here contain no quotes.
pub(crate) fn labels(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split("\",").filter(|one| !one.is_empty()).map(|one| {
        let (name, value) = one.split_once("=\"").unwrap();
        (name, value.trim_end_matches('"'))
    })
}

/// Returns the metrics by name. A histogram is one metric, without `_bucket`, `_sum`, `_count` and
/// `le`.
pub(crate) fn metrics(text: &str) -> BTreeMap<String, Metric> {
    let mut metrics: BTreeMap<String, Metric> = BTreeMap::new();
    for line in text.lines() {
        if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
            metrics.entry(name.to_owned()).or_default().kind = kind.to_owned();
        }
    }
    for sample in samples(text) {
        let family = ["", "_bucket", "_sum", "_count"]
            .iter()
            .filter_map(|end| sample.name.strip_suffix(end))
            .find(|name| metrics.contains_key(*name))
            .unwrap_or_else(|| panic!("{} has no type", sample.name))
            .to_owned();
        let known = &mut metrics.get_mut(&family).unwrap().labels;
        for (name, value) in labels(&sample.labels).filter(|(name, _)| *name != "le") {
            known.entry(name.to_owned()).or_default().insert(value.to_owned());
        }
    }
    metrics
}

/// Returns the names that a query may use for a metric.
pub(crate) fn names(name: &str, metric: &Metric) -> Vec<String> {
    if metric.kind == "histogram" {
        return ["_bucket", "_sum", "_count"].iter().map(|end| format!("{name}{end}")).collect();
    }
    vec![name.to_owned()]
}

#[test]
fn exposition_is_parsed() {
    let text = "# HELP a Something, by x\n# TYPE a counter\na{x=\"1\",y=\"/p/{id}\"} 3\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 2.5\nh_count 1\n";
    let found = metrics(text);
    let one = |value: &str| BTreeSet::from([value.to_owned()]);
    let labels = BTreeMap::from([("x".to_owned(), one("1")), ("y".to_owned(), one("/p/{id}"))]);
    assert_eq!(found["a"], Metric { kind: "counter".to_owned(), labels });
    assert_eq!(found["h"], Metric { kind: "histogram".to_owned(), labels: BTreeMap::new() });
    assert_eq!(names("h", &found["h"]), ["h_bucket", "h_sum", "h_count"]);
    assert_eq!(samples(text).len(), 4);
    assert_eq!(self::labels(&samples(text)[0].labels).collect::<Vec<_>>(), [("x", "1"), ("y", "/p/{id}")]);
}
