//! Stand-ins of Chaos and the shopper, which the scene does not run. Each serves the metrics that
//! docs/metrics.md has of it, with values that grow.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{Router, routing::get};
use estore_tests::project;
use tokio::net::TcpListener;

use crate::documents::{Row, rows};

/// The name of each, and the beginning of the headings of its metrics.
const ALL: [(&str, &str); 2] = [("chaos", "Chaos"), ("shopper", "Shopper")];

/// Returns the documented metrics of one of them.
fn documented(heading: &str) -> BTreeMap<String, Row> {
    let page = fs::read_to_string(project().join("docs/metrics.md")).unwrap();
    let sections = page.split("\n## ").filter(|section| section.starts_with(heading));
    let found = rows(&sections.collect::<String>());
    assert!(!found.is_empty(), "docs/metrics.md has no metrics of {heading}");
    found
}

/// Returns the documented metrics of all of them.
pub(crate) fn metrics() -> BTreeMap<String, Row> {
    ALL.into_iter().flat_map(|(_, heading)| documented(heading)).collect()
}

/// Starts them on free ports of this machine.
#[expect(clippy::disallowed_methods, reason = "no service of the shop")]
pub(crate) async fn start() -> Vec<(&'static str, u16)> {
    let mut started = Vec::new();
    for (name, heading) in ALL {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        started.push((name, listener.local_addr().unwrap().port()));
        let (metrics, reads) = (Arc::new(documented(heading)), Arc::new(AtomicU64::new(0)));
        let answer = move || {
            let text = exposition(&metrics, reads.fetch_add(1, Ordering::SeqCst) + 1);
            async move { text }
        };
        let router = Router::new().route("/metrics", get(answer));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    }
    started
}

/// Writes each metric with each combination of its labels.
fn exposition(metrics: &BTreeMap<String, Row>, value: u64) -> String {
    let mut text = String::new();
    for (name, row) in metrics {
        writeln!(text, "# TYPE {name} {}", row.kind).unwrap();
        for labels in combinations(row) {
            if row.kind == "histogram" {
                let more = if labels.is_empty() { String::new() } else { format!("{labels},") };
                for le in ["0.5", "+Inf"] {
                    writeln!(text, "{name}_bucket{{{more}le=\"{le}\"}} {value}").unwrap();
                }
                writeln!(text, "{name}_sum{{{labels}}} {value}\n{name}_count{{{labels}}} {value}").unwrap();
            } else {
                writeln!(text, "{name}{{{labels}}} {value}").unwrap();
            }
        }
    }
    text
}

fn combinations(row: &Row) -> Vec<String> {
    let mut all = vec![String::new()];
    for (label, values) in &row.labels {
        // A label whose values the page does not list has one here.
        let values: Vec<&str> =
            values.as_ref().map_or_else(|| vec!["one"], |known| known.iter().map(String::as_str).collect());
        let comma = |before: &String| if before.is_empty() { "" } else { "," };
        all = all
            .iter()
            .flat_map(|before| {
                values.iter().map(move |value| format!("{before}{}{label}=\"{value}\"", comma(before)))
            })
            .collect();
    }
    all
}

#[test]
fn documented_metrics_are_exposed_with_their_labels() {
    let text = "| `a_total` | counter | `x`: 1, 2; `y` (kinds) | Things |\n| `b` | gauge |  | A thing |\n| `c` | histogram | `x`: 1 | Seconds |\n";
    let exposed = exposition(&rows(text), 7);
    for line in [
        "a_total{x=\"1\",y=\"one\"} 7",
        "a_total{x=\"2\",y=\"one\"} 7",
        "b{} 7",
        "c_bucket{x=\"1\",le=\"+Inf\"} 7",
        "c_count{x=\"1\"} 7",
    ] {
        assert!(exposed.lines().any(|known| known == line), "{line} is not in {exposed}");
    }
}
