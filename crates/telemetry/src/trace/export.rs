//! The export of traces to a collector, on a thread of its own. A slow collector does not affect
//! requests: spans that do not fit in the queue are lost.

use std::time::Duration;

use estore_base::{
    config::{ConfigError, Env, Setting},
    log_throttle::LogThrottle,
    random,
};
use opentelemetry::{Key, KeyValue};
use opentelemetry_otlp::{SpanExporter as Otlp, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{SdkTracerProvider, SpanData, SpanExporter},
};

use super::sampling::Sampling;

/// The time that the process waits for its last traces at its end.
pub(crate) const LAST: Duration = Duration::from_secs(3);

pub(crate) const ENDPOINT: Setting = Setting::address(
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "Collector of traces, OTLP over HTTP; without it, the program sends no traces.",
)
.optional()
.example("http://localhost:4318");
pub(crate) const HOSTNAME: Setting =
    Setting::text("HOSTNAME", "Name of this instance in traces (`service.instance.id`).").computed("random");

/// Creates the exporter of traces, or returns `None` if `OTEL_EXPORTER_OTLP_ENDPOINT` is not set.
pub(crate) fn provider(env: &Env, service: &str) -> Result<Option<SdkTracerProvider>, ConfigError> {
    let sampling = Sampling::from_env(env)?;
    let Some(endpoint) = env.optional::<String>(&ENDPOINT)? else { return Ok(None) };
    let wrong = |problem: String| ENDPOINT.wrong(problem);
    if !["http://", "https://"].iter().any(|scheme| endpoint.starts_with(scheme)) {
        return Err(wrong("must begin with http:// or https:// (OTLP over HTTP)".to_owned()));
    }
    let exporter = Otlp::builder()
        .with_http()
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .build()
        .map_err(|error| wrong(format!("is wrong ({error})")))?;
    let exporter = Told { exporter, throttle: LogThrottle::every(Duration::from_mins(1)) };
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_sampler(sampling)
        .with_resource(resource(env, service)?);
    Ok(Some(provider.build()))
}

/// Describes the sender. `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` take precedence over
/// our own values.
fn resource(env: &Env, service: &str) -> Result<Resource, ConfigError> {
    let given = Resource::builder().build();
    let host = env.optional::<String>(&HOSTNAME)?;
    let instance = host.unwrap_or_else(|| random::uuid_v4().to_string());
    let unnamed =
        given.get(&Key::new("service.name")).is_none_or(|name| name.as_str().starts_with("unknown_service"));
    let name = unnamed.then(|| KeyValue::new("service.name", format!("estore-{service}")));
    let ours = [
        KeyValue::new("service.namespace", "estore"),
        KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
        KeyValue::new("service.instance.id", instance),
    ];
    let missing = ours.into_iter().filter(|ours| given.get(&ours.key).is_none());
    Ok(Resource::builder().with_attributes(name).with_attributes(missing).build())
}

/// An exporter that logs failures, throttled.
#[derive(Debug)]
struct Told {
    exporter: Otlp,
    throttle: LogThrottle,
}

impl SpanExporter for Told {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        if let Err(error) = self.exporter.export(batch).await
            && let Some(kept_back) = self.throttle.due()
        {
            tracing::warn!(spans, %error, kept_back, "trace export failed; spans dropped");
        }
        // The failure is logged already; the SDK would log each one.
        Ok(())
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
