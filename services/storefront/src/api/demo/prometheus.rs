//! Queries to the Prometheus that reads the shop.

use std::collections::BTreeMap;

use estore_base::config::{ConfigError, Env};
use estore_telemetry::Platform;
use form_urlencoded::byte_serialize;
use serde::{Deserialize, de::DeserializeOwned};

use super::{Tool, ToolError};
use crate::config::PROMETHEUS_URL;

/// The client of Prometheus.
pub(crate) struct Prometheus(Tool);

/// A series: its labels, and its values with their Unix times. The result of an instant query has
/// one value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Series {
    labels: BTreeMap<String, String>,
    pub(crate) points: Vec<(f64, f64)>,
}

/// An alert that fires or may fire soon.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Alert {
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    state: String,
}

#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
}

#[derive(Deserialize)]
struct Found {
    result: Vec<Row>,
}

/// A row of a vector (one value) or of a matrix (several).
#[derive(Deserialize)]
struct Row {
    metric: BTreeMap<String, String>,
    value: Option<Sample>,
    #[serde(default)]
    values: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample(f64, String);

#[derive(Deserialize)]
struct Alerts {
    alerts: Vec<Alert>,
}

impl Series {
    /// Returns the value of a label, or an empty text.
    pub(crate) fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }

    /// Returns the latest value.
    pub(crate) fn value(&self) -> Option<f64> {
        self.points.last().map(|(_, value)| *value)
    }
}

impl Alert {
    /// Returns its name.
    pub(crate) fn name(&self) -> &str {
        self.labels.get("alertname").map_or("", String::as_str)
    }

    /// Returns what it says, in English.
    pub(crate) fn summary(&self) -> &str {
        self.annotations.get("summary").map_or("", String::as_str)
    }

    /// Returns true if its condition has lasted long enough.
    pub(crate) fn is_firing(&self) -> bool {
        self.state == "firing"
    }
}

impl Prometheus {
    pub(crate) fn new(env: &Env, platform: &Platform) -> Result<Self, ConfigError> {
        Tool::new(env, platform, "prometheus", &PROMETHEUS_URL).map(Self)
    }

    /// Evaluates a query now.
    pub(crate) async fn now(&self, query: &str) -> Result<Vec<Series>, ToolError> {
        let found = self.get::<Found>(&format!("query?query={}", encoded(query))).await?;
        Ok(found.result.into_iter().map(Row::into_series).collect())
    }

    /// Evaluates a query at each `step` seconds between two Unix times.
    pub(crate) async fn over(
        &self,
        query: &str,
        (from, to): (i64, i64),
        step: i64,
    ) -> Result<Vec<Series>, ToolError> {
        let query = encoded(query);
        let path = format!("query_range?start={from}&end={to}&step={step}&query={query}");
        Ok(self.get::<Found>(&path).await?.result.into_iter().map(Row::into_series).collect())
    }

    /// Lists the alerts that fire or may fire soon.
    pub(crate) async fn alerts(&self) -> Result<Vec<Alert>, ToolError> {
        Ok(self.get::<Alerts>("alerts").await?.alerts)
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ToolError> {
        let answer: Envelope<T> = self.0.get(&format!("/api/v1/{path}")).await?;
        Ok(answer.data)
    }
}

impl Row {
    /// Leaves out values that are no numbers, such as those of a share of nothing.
    fn into_series(self) -> Series {
        let values = self.value.into_iter().chain(self.values);
        let points = values.filter_map(|Sample(at, value)| Some((at, value.parse::<f64>().ok()?)));
        Series { labels: self.metric, points: points.filter(|(_, value)| value.is_finite()).collect() }
    }
}

fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;

    pub(crate) fn series(labels: &[(&str, &str)], points: &[(f64, f64)]) -> Series {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Series { labels: labels.collect(), points: points.to_vec() }
    }

    fn read(rows: &Value) -> Vec<Series> {
        let found: Envelope<Found> =
            from_value(json!({"status": "success", "data": {"result": rows}})).unwrap();
        found.data.result.into_iter().map(Row::into_series).collect()
    }

    #[test]
    fn vectors_and_matrices_are_read_without_gaps() {
        let rows = read(&json!([
            {"metric": {"service": "user"}, "value": [1.5, "2"]},
            {"metric": {}, "values": [[1, "1e3"], [2, "NaN"], [3, "+Inf"], [4, "0.25"]]},
            {"metric": {}, "value": [1, "NaN"]}
        ]));
        assert_eq!(rows[0], series(&[("service", "user")], &[(1.5, 2.0)]));
        assert_eq!(rows[1].points, [(1.0, 1000.0), (4.0, 0.25)]);
        assert_eq!((rows[1].value(), rows[2].value()), (Some(0.25), None));
        assert_eq!((rows[0].label("service"), rows[0].label("peer")), ("user", ""));
    }

    #[test]
    fn alert_says_its_name_and_summary() {
        let alert: Alert = from_value(json!({
            "labels": {"alertname": "EStoreOrderStuck"}, "annotations": {"summary": "An order waits"}, "state": "firing",
        }))
        .unwrap();
        assert_eq!(
            (alert.name(), alert.summary(), alert.is_firing()),
            ("EStoreOrderStuck", "An order waits", true)
        );
    }
}
