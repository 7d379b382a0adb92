//! The start and the end of logs and traces.

use std::sync::OnceLock;

use estore_base::config::{ConfigError, Env, Setting};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::{Layer, layer::SubscriberExt, registry, reload, util::SubscriberInitExt};

use crate::{
    logs::{self, Format, LOG_FORMAT, Levels, LogGuard, LogLines, NO_COLOR},
    statements,
    trace::{self, OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG, export},
};

const RUST_LOG: Setting =
    Setting::text("RUST_LOG", "Filter of the log, such as `info` or `warn,estore_payment=debug`.")
        .default(logs::DEFAULT)
        .example("info");
const TRACE_TRUST_CLIENTS: Setting = Setting::switch(
    "TRACE_TRUST_CLIENTS",
    "Whether a client's `traceparent` also decides if its trace is recorded.",
);

/// The settings of logs and traces.
pub const SETTINGS: &[Setting] = &[
    LOG_FORMAT,
    RUST_LOG,
    NO_COLOR,
    export::ENDPOINT,
    OTEL_TRACES_SAMPLER,
    OTEL_TRACES_SAMPLER_ARG,
    TRACE_TRUST_CLIENTS,
    export::HOSTNAME,
];

/// Set when logging starts.
static LEVELS: OnceLock<Levels> = OnceLock::new();

/// Returns the log filter, or `None` before logging starts.
#[must_use]
pub fn levels() -> Option<&'static Levels> {
    LEVELS.get()
}

/// Keeps the writers running, and flushes them when dropped.
pub struct Telemetry {
    _log: LogGuard,
    traces: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Starts logs to stdout (`LOG_FORMAT` = `json`, the default, or `pretty`; `RUST_LOG` as
    /// usual). Starts traces to `OTEL_EXPORTER_OTLP_ENDPOINT` if that is set.
    pub fn start(env: &Env, service: &str) -> Result<Self, ConfigError> {
        let started = LogLines::start();
        let (writer, log) = started.map_err(|error| LOG_FORMAT.wrong(format!("cannot be used ({error})")))?;
        let configured: String = env.get(&RUST_LOG)?;
        let filter =
            logs::read(&configured).map_err(|error| RUST_LOG.wrong(format!("is wrong ({error})")))?;
        // Logs and traces have independent filters.
        let (filter, handle) = reload::Layer::new(filter);
        let lines = logs::layer(Format::from_env(env)?, writer).with_filter(filter);
        let traces = export::provider(env, service)?;
        let trust_clients = env.flag(&TRACE_TRUST_CLIENTS)?;
        if let Some(provider) = &traces {
            trace::start(provider.tracer("estore"), trust_clients);
        }
        let steps = traces.as_ref().map(|provider| trace::layer(provider.tracer("estore")));
        registry().with(lines).with(statements::layer()).with(steps).init();
        let _already = LEVELS.set(Levels::new(handle, configured));
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string);
            let text = panic.payload_as_str().unwrap_or_default();
            tracing::error!(place, text, "thread panicked");
        }));
        Ok(Self { _log: log, traces })
    }

    /// Sends the remaining traces, for a few seconds at most.
    pub fn stop(self) {
        if let Some(Err(error)) = self.traces.map(|provider| provider.shutdown_with_timeout(export::LAST)) {
            tracing::warn!(%error, "shutdown ended before all traces were sent; spans dropped");
        }
    }
}
