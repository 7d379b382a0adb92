//! The queries of the storefront's engine room. They are those of panels, so that a number is
//! defined once.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::Dashboard;

/// The name of each query in the engine room, and its place: dashboard, panel, and the letter of
/// the query in the panel.
const ASKED: [(&str, &str, &str, char); 22] = [
    ("audit_age", "demo", "Since the last audit", 'A'),
    ("audit_seconds", "demo", "Duration of the audit", 'A'),
    ("calls", "demo", "Calls between services", 'A'),
    ("checked", "demo", "Compared by the audit", 'A'),
    ("errors", "demo", "Errors by service", 'A'),
    ("instances", "demo", "Instances by service", 'A'),
    ("oldest_order", "checkout", "Oldest order", 'A'),
    ("orders_completed", "store", "From an account to an order, in 24 hours", 'D'),
    ("orders_open", "checkout", "Orders in progress", 'A'),
    ("orders_per_minute", "store", "Orders a minute", 'A'),
    ("orders_placed", "store", "Orders in 24 hours", 'A'),
    ("p99", "demo", "99th percentile by service", 'A'),
    ("postgres", "stores", "Postgres answers", 'A'),
    ("postgres_calls", "demo", "Calls to the stores by service", 'B'),
    ("redis", "stores", "Redis answers", 'A'),
    ("redis_calls", "demo", "Calls to the stores by service", 'A'),
    ("requests", "demo", "Requests by service", 'A'),
    ("revenue", "store", "Revenue in 24 hours", 'A'),
    ("stock", "store", "Units", 'A'),
    ("unanswered", "demo", "Calls between services without an answer", 'A'),
    ("versions", "demo", "Versions by service", 'A'),
    ("violations", "demo", "Violations by equation", 'A'),
];

/// Returns the queries by their names, each with the place that it comes from, or the name of one
/// whose panel does not exist.
pub fn queries(dashboards: &[Dashboard]) -> Result<Value, String> {
    let mut queries = BTreeMap::new();
    for (name, dashboard, panel, letter) in ASKED {
        let panels = dashboards.iter().filter(|known| known.name == dashboard).flat_map(|known| &known.rows);
        let panel_found = panels.flat_map(|row| &row.panels).find(|known| known.title == panel);
        let lettered =
            panel_found.and_then(|panel| panel.queries.iter().zip('A'..='Z').find(|(_, id)| *id == letter));
        let place = format!("{dashboard} / {panel} / {letter}");
        let Some((query, _)) = lettered else { return Err(format!("{name}: there is no {place}")) };
        queries.insert(name, json!({"from": place, "query": query.expr}));
    }
    Ok(json!(queries))
}
