//! Logs and traces.

use std::sync::atomic::{AtomicBool, Ordering};

use http::HeaderMap;
use opentelemetry::{
    global,
    propagation::{Extractor, Injector},
    trace::TracerProvider,
};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::{Resource, propagation::TraceContextPropagator, trace::SdkTracerProvider};
use tracing::{Span, level_filters::LevelFilter};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, registry, util::SubscriberInitExt};

use crate::{
    config::{ConfigError, Env},
    log_lines::{LogGuard, LogLines},
};

/// Keeps the writers going; what they still hold is written when it is dropped.
pub(crate) struct Telemetry {
    _log: LogGuard,
    traces: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Logs to stdout (`LOG_FORMAT` = `json`, the default, or `text`; `RUST_LOG` as usual), traces to
    /// `OTEL_EXPORTER_OTLP_ENDPOINT` where that is set.
    pub(crate) fn start(env: &Env, service: &str) -> Result<Self, ConfigError> {
        let started = LogLines::start();
        let (writer, log) = started
            .map_err(|error| ConfigError::new("LOG_FORMAT", format!("cannot be served ({error})"), "json"))?;
        let filter: String =
            env.or("RUST_LOG", "info,tower=warn,hyper=warn,h2=warn,sqlx=warn".to_owned(), "info")?;
        let filter = EnvFilter::try_new(filter)
            .map_err(|error| ConfigError::new("RUST_LOG", format!("is wrong ({error})"), "info"))?;
        let format: String = env.or("LOG_FORMAT", "json".to_owned(), "json")?;
        let lines = tracing_subscriber::fmt::layer().with_writer(writer);
        let lines = match format.as_str() {
            "json" => lines.json().flatten_event(true).with_span_list(false).boxed(),
            "text" => lines.with_ansi(false).boxed(),
            _ => return Err(ConfigError::new("LOG_FORMAT", "must be json or text", "json")),
        };
        let traces = exporter(env, service)?;
        let spans = traces.as_ref().map(|provider| {
            tracing_opentelemetry::layer()
                .with_tracer(provider.tracer("estore"))
                .with_filter(LevelFilter::INFO)
        });
        registry().with(filter).with(lines).with(spans).init();
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string);
            let text = panic.payload_as_str().unwrap_or_default();
            tracing::error!(place, text, "a thread panicked");
        }));
        Ok(Self { _log: log, traces })
    }

    /// Sends what traces are left.
    pub(crate) fn stop(self) {
        if let Some(Err(error)) = self.traces.map(|provider| provider.shutdown()) {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

static TRACES: AtomicBool = AtomicBool::new(false);

/// Whether traces are on.
pub(crate) fn traces() -> bool {
    TRACES.load(Ordering::Relaxed)
}

fn exporter(env: &Env, service: &str) -> Result<Option<SdkTracerProvider>, ConfigError> {
    const NAME: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
    const EXAMPLE: &str = "http://localhost:4318";
    let Some(endpoint) = env.optional::<String>(NAME, EXAMPLE)? else { return Ok(None) };
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .build()
        .map_err(|error| ConfigError::new(NAME, format!("is wrong ({error})"), EXAMPLE))?;
    TRACES.store(true, Ordering::Relaxed);
    global::set_text_map_propagator(TraceContextPropagator::new());
    let resource = Resource::builder().with_service_name(format!("estore-{service}")).build();
    Ok(Some(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build()))
}

/// Makes `span` a part of the trace that a request's headers name.
pub(crate) fn continue_trace(span: &Span, headers: &HeaderMap) {
    if traces() && headers.contains_key("traceparent") {
        let parent = global::get_text_map_propagator(|propagator| propagator.extract(&Headers(headers)));
        if let Err(error) = span.set_parent(parent) {
            tracing::trace!(%error, "no trace to continue");
        }
    }
}

/// Names the current span in the headers of an outgoing call, where traces are on.
pub(crate) fn inject(headers: &mut HeaderMap) {
    if !traces() {
        return;
    }
    let context = Span::current().context();
    global::get_text_map_propagator(|propagator| {
        propagator.inject_context(&context, &mut HeadersMut(headers));
    });
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}

struct HeadersMut<'a>(&'a mut HeaderMap);

impl Injector for HeadersMut<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(name), Ok(value)) = (http::HeaderName::try_from(key), http::HeaderValue::try_from(value)) {
            self.0.insert(name, value);
        }
    }
}
