//! Queries a Prometheus.

use std::{collections::BTreeMap, fmt::Write};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, de::DeserializeOwned};

use crate::http;

/// The HTTP API of a Prometheus on this machine.
#[derive(Debug, Clone, Copy)]
pub struct Queries {
    port: u16,
}

/// A series with its samples. The result of an instant query has one sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The labels; the name of the metric is in `__name__`.
    pub labels: BTreeMap<String, String>,
    /// Unix times and values; a value may be NaN.
    pub samples: Vec<(f64, f64)>,
}

impl Series {
    /// Returns the latest value, unless it is NaN.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        self.samples.last().map(|(_, value)| *value).filter(|value| !value.is_nan())
    }

    /// Returns the value of a label, or an empty string if the series lacks it.
    #[must_use]
    pub fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }
}

/// A pending or firing alert.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    /// The labels, such as `alertname`.
    pub labels: BTreeMap<String, String>,
    /// The texts for people.
    pub annotations: BTreeMap<String, String>,
    /// `pending` or `firing`.
    pub state: String,
    /// The time at which the alert became active, in RFC 3339.
    pub active_at: String,
}

/// A process that Prometheus reads.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// The labels of each of its samples.
    pub labels: BTreeMap<String, String>,
    /// `up`, `down` or `unknown`.
    pub health: String,
    /// The reason why the target is down.
    pub last_error: String,
}

#[derive(Deserialize)]
struct Envelope<T> {
    data: Option<T>,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "resultType", content = "result", rename_all = "lowercase")]
enum Found {
    Vector(Vec<Moment>),
    Matrix(Vec<Line>),
    Scalar((f64, String)),
}

#[derive(Deserialize)]
struct Moment {
    metric: BTreeMap<String, String>,
    value: (f64, String),
}

#[derive(Deserialize)]
struct Line {
    metric: BTreeMap<String, String>,
    values: Vec<(f64, String)>,
}

#[derive(Deserialize)]
struct Alerts {
    alerts: Vec<Alert>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Targets {
    active_targets: Vec<Target>,
}

impl Queries {
    /// Creates a client of the server that listens on `port`.
    #[must_use]
    pub const fn at(port: u16) -> Self {
        Self { port }
    }

    /// Evaluates `expression` now.
    pub async fn now(&self, expression: &str) -> Result<Vec<Series>> {
        let found = self.get(&format!("query?query={}", encoded(expression))).await;
        found.and_then(series).with_context(|| expression.to_owned())
    }

    /// Lists every pending or firing alert.
    pub async fn alerts(&self) -> Result<Vec<Alert>> {
        Ok(self.get::<Alerts>("alerts").await?.alerts)
    }

    /// Lists all active targets.
    pub async fn targets(&self) -> Result<Vec<Target>> {
        Ok(self.get::<Targets>("targets?state=active").await?.active_targets)
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let (status, body) = http::get_whole(self.port, &format!("/api/v1/{path}"))
            .await
            .with_context(|| format!("Prometheus does not answer on port {}", self.port))?;
        let answer: Envelope<T> =
            serde_json::from_str(&body).with_context(|| format!("Prometheus answered {status}: {body}"))?;
        match answer {
            Envelope { error: Some(error), .. } => bail!("Prometheus refused: {error}"),
            Envelope { data, .. } => data.context("Prometheus answered nothing"),
        }
    }
}

fn series(found: Found) -> Result<Vec<Series>> {
    let sample = |(at, value): (f64, String)| anyhow::Ok((at, value.parse::<f64>()?));
    let one = |value| anyhow::Ok(vec![Series { labels: BTreeMap::new(), samples: vec![sample(value)?] }]);
    match found {
        Found::Vector(all) => all
            .into_iter()
            .map(|one| Ok(Series { labels: one.metric, samples: vec![sample(one.value)?] }))
            .collect(),
        Found::Matrix(all) => all
            .into_iter()
            .map(|one| {
                let samples: Result<_> = one.values.into_iter().map(sample).collect();
                Ok(Series { labels: one.metric, samples: samples? })
            })
            .collect(),
        Found::Scalar(value) => one(value),
    }
}

/// Percent-encodes a text for a URL.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut url, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _written = write!(url, "%{byte:02X}");
        }
        url
    })
}
