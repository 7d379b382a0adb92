//! Writes the configuration of Prometheus. JSON is valid YAML, and quotes what YAML requires quotes
//! for.

use anyhow::Result;
use serde_json::{Value, json};

use super::Scraping;

/// Builds the configuration. Every sample carries the label `service`, as in a cluster, which sets
/// it by relabelling.
pub(super) fn text(scraping: &Scraping) -> Result<String> {
    let interval = format!("{}ms", scraping.interval.as_millis());
    let services = scraping.targets.iter().map(|(service, port)| (service.as_str(), *port));
    let target = |(service, port): (&str, u16)| -> Value {
        json!({"targets": [format!("127.0.0.1:{port}")], "labels": {"service": service}})
    };
    let targets: Vec<Value> = services.chain(scraping.others.iter().copied()).map(target).collect();
    Ok(serde_json::to_string_pretty(&json!({
        "global": {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval},
        "rule_files": scraping.rules.iter().collect::<Vec<_>>(),
        "scrape_configs": [{"job_name": "estore", "static_configs": targets}],
    }))?)
}
