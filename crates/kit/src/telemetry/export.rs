//! Where traces go: to a collector, by a thread of their own. Whether it takes them is nothing to requests: what does not fit in the
//! queue is lost.

use std::time::Duration;

use opentelemetry::{Key, KeyValue};
use opentelemetry_otlp::{SpanExporter as Otlp, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{SdkTracerProvider, SpanData, SpanExporter},
};

use crate::{
    config::{ConfigError, Env},
    random,
    seldom::Seldom,
    trace::Sampling,
};

/// How long the end of the process waits for the last traces.
pub(super) const LAST: Duration = Duration::from_secs(3);

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const EXAMPLE: &str = "http://localhost:4318";

/// What makes and sends traces; `None` where `OTEL_EXPORTER_OTLP_ENDPOINT` is not set.
pub(super) fn provider(env: &Env, service: &str) -> Result<Option<SdkTracerProvider>, ConfigError> {
    let sampling = Sampling::from_env(env)?;
    let Some(endpoint) = env.optional::<String>(ENDPOINT, EXAMPLE)? else { return Ok(None) };
    let wrong = |problem: String| ConfigError::new(ENDPOINT, problem, EXAMPLE);
    if !["http://", "https://"].iter().any(|scheme| endpoint.starts_with(scheme)) {
        return Err(wrong("must begin with http:// or https:// (OTLP over HTTP)".to_owned()));
    }
    let exporter = Otlp::builder()
        .with_http()
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .build()
        .map_err(|error| wrong(format!("is wrong ({error})")))?;
    let exporter = Told { exporter, seldom: Seldom::every(Duration::from_mins(1)) };
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_sampler(sampling)
        .with_resource(resource(env, service)?);
    Ok(Some(provider.build()))
}

/// Who sends them. `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` count before what we know ourselves.
fn resource(env: &Env, service: &str) -> Result<Resource, ConfigError> {
    let given = Resource::builder().build();
    let host = env.optional::<String>("HOSTNAME", "estore-payment-0")?;
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

/// Tells now and then of what was not taken.
#[derive(Debug)]
struct Told {
    exporter: Otlp,
    seldom: Seldom,
}

impl SpanExporter for Told {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        if let Err(error) = self.exporter.export(batch).await
            && let Some(kept_back) = self.seldom.due()
        {
            tracing::warn!(spans, %error, kept_back, "traces were not taken; they are lost");
        }
        // It was told of: the SDK would do so each time.
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
