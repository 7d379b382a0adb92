//! Logs and traces.

mod export;
mod filter;
mod json;
mod lines;
mod pretty;
mod statements;
mod writer;

use std::sync::OnceLock;

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::{Layer, layer::SubscriberExt, registry, reload, util::SubscriberInitExt};

use crate::{
    config::{ConfigError, Env},
    trace,
};
pub(crate) use filter::{Levels, Shown};
use lines::{Format, Lines};
use writer::{LogGuard, LogLines};

/// There once the log has begun.
static LEVELS: OnceLock<Levels> = OnceLock::new();

/// Which lines the log has; `None` before it begins.
pub(crate) fn levels() -> Option<&'static Levels> {
    LEVELS.get()
}

/// Keeps the writers going; what they still hold is written when it is dropped.
pub(crate) struct Telemetry {
    _log: LogGuard,
    traces: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Logs to stdout (`LOG_FORMAT` = `json`, the default, or `pretty`; `RUST_LOG` as usual), traces to
    /// `OTEL_EXPORTER_OTLP_ENDPOINT` where that is set.
    pub(crate) fn start(env: &Env, service: &str) -> Result<Self, ConfigError> {
        let started = LogLines::start();
        let (writer, log) = started
            .map_err(|error| ConfigError::new("LOG_FORMAT", format!("cannot be served ({error})"), "json"))?;
        let configured: String = env.or("RUST_LOG", filter::DEFAULT.to_owned(), "info")?;
        let filter = filter::read(&configured)
            .map_err(|error| ConfigError::new("RUST_LOG", format!("is wrong ({error})"), "info"))?;
        // What is written and what is traced do not depend on each other.
        let (filter, handle) = reload::Layer::new(filter);
        let lines = Lines::new(writer, Format::from_env(env)?).with_filter(filter);
        let traces = export::provider(env, service)?;
        let trust_clients = env.flag("TRACE_TRUST_CLIENTS", false)?;
        if let Some(provider) = &traces {
            trace::start(provider.tracer("estore"), trust_clients);
        }
        let steps = traces.as_ref().map(|provider| trace::layer(provider.tracer("estore")));
        registry().with(lines).with(statements::layer()).with(steps).init();
        let _already = LEVELS.set(Levels::new(handle, configured));
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string);
            let text = panic.payload_as_str().unwrap_or_default();
            tracing::error!(place, text, "a thread panicked");
        }));
        Ok(Self { _log: log, traces })
    }

    /// Sends what traces are left, for a few seconds at most.
    pub(crate) fn stop(self) {
        if let Some(Err(error)) = self.traces.map(|provider| provider.shutdown_with_timeout(export::LAST)) {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}
