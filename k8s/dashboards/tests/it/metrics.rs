//! The existing metrics: docs/metrics.md.

use std::{collections::BTreeMap, fs, sync::LazyLock};

use crate::{project, promql::Series};

/// Each metric, and true if it is a histogram.
static METRICS: LazyLock<BTreeMap<String, bool>> = LazyLock::new(|| {
    let text = fs::read_to_string(project("docs/metrics.md")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let (name, rest) = row.split_once('`').unwrap();
        (name.to_owned(), rest.starts_with(" | histogram |"))
    })
    .collect()
});

/// Returns the metric of a series: a histogram has several series.
fn metric(series: &str) -> Option<&'static str> {
    let found = |name: &str, histogram| METRICS.get_key_value(name).filter(|(_, is)| **is == histogram);
    let of_histogram = || {
        let base = ["_bucket", "_count", "_sum"].iter().find_map(|end| series.strip_suffix(end))?;
        found(base, true)
    };
    found(series, false).or_else(of_histogram).map(|(name, _)| name.as_str())
}

/// Checks that the metric exists, and that the query names the service. Names such as `redis_up`
/// belong to others too.
pub(crate) fn judge(series: &Series) -> Result<(), String> {
    let name = series.name;
    // Prometheus itself writes `up`.
    if name != "up" && metric(name).is_none() {
        return Err(format!("there is no {name}"));
    }
    if !name.starts_with("estore_") && !series.selector.contains("service=") {
        return Err(format!("{name} may be anybody's: say of which service"));
    }
    Ok(())
}

/// Returns the metrics without any of these series.
pub(crate) fn besides(asked: &[Series]) -> Vec<&'static str> {
    let asked: Vec<&str> = asked.iter().filter_map(|one| metric(one.name)).collect();
    METRICS.keys().map(String::as_str).filter(|name| !asked.contains(name)).collect()
}
