//! Traces: the current step of each task, and the beginning of steps. If traces are off, or this
//! one is not recorded, the cost is negligible: no names or attributes are made.

mod context;
pub(crate) mod export;
mod past;
mod sampling;
mod span;

use std::{
    borrow::Cow,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use http::{HeaderMap, Method};
use opentelemetry::{
    Context,
    trace::{SpanContext, SpanId, SpanKind, TraceContextExt, TraceId},
};
use opentelemetry_sdk::trace::SdkTracer;
use tracing::Subscriber;
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

pub use context::TraceContext;
pub(crate) use past::past;
use sampling::{Caused, Stranger};
pub(crate) use sampling::{OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG};
pub use span::Span;

use crate::metrics::known;

tokio::task_local! {
    /// The current step of this task or, if nothing is recorded here, the step that called it.
    static ACTIVE: Context;
}

/// The `tracing` target of the steps.
const TARGET: &str = "estore::trace";

/// Turns the `tracing` spans of steps into spans of traces. It adds no attributes of its own,
/// neither the line of code nor the thread.
pub(crate) fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(tracer: SdkTracer) -> impl Layer<S> {
    tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_level(false)
        .with_tracked_inactivity(false)
        .with_context_activation(false)
        .with_filter(filter_fn(|metadata| metadata.is_span() && metadata.target() == TARGET))
}

/// Set if traces are on.
static TRACER: OnceLock<SdkTracer> = OnceLock::new();
/// True if clients decide on recording.
static CLIENTS: AtomicBool = AtomicBool::new(false);

/// Turns traces on, once. `trust_clients` lets clients decide on recording.
pub(crate) fn start(tracer: SdkTracer, trust_clients: bool) {
    CLIENTS.store(trust_clients, Ordering::Relaxed);
    let _already = TRACER.set(tracer);
}

/// Returns true if clients decide on recording (`TRACE_TRUST_CLIENTS`).
#[must_use]
pub fn clients_are_trusted() -> bool {
    CLIENTS.load(Ordering::Relaxed)
}

/// Begins a step within the current one, such as a hash of a password.
pub fn step(name: &'static str) -> Span {
    child(&SpanKind::Internal, || name.into())
}

/// Begins a call to a system without traces of its own, such as a mail server.
pub fn call(name: &'static str) -> Span {
    child(&SpanKind::Client, || name.into())
}

/// Begins an enqueue into `queue`. [`TraceContext::now`] within it is the context to store with the
/// work.
pub fn send(queue: &'static str) -> Span {
    let span = child(&SpanKind::Producer, || format!("send {queue}").into());
    messaging(span, queue, "send")
}

/// Begins the processing of one or more entries of `queue`: a trace of its own, with a link to the
/// cause of each entry.
pub fn process<'a>(queue: &'static str, causes: impl IntoIterator<Item = &'a TraceContext>) -> Span {
    let span = root(&SpanKind::Consumer, &format!("process {queue}"), causes);
    messaging(span, queue, "process")
}

/// Begins the continuation of interrupted work: a trace of its own, with a link to its cause.
pub fn resume(name: &'static str, cause: Option<&TraceContext>) -> Span {
    root(&SpanKind::Internal, name, cause)
}

fn messaging(span: Span, queue: &'static str, operation: &'static str) -> Span {
    span.with("messaging.system", || "estore")
        .with("messaging.destination.name", || queue)
        .with("messaging.operation.name", || operation)
        .with("messaging.operation.type", || operation)
}

fn root<'a>(kind: &SpanKind, name: &str, causes: impl IntoIterator<Item = &'a TraceContext>) -> Span {
    if TRACER.get().is_none() {
        return Span::none();
    }
    let causes: Vec<SpanContext> =
        causes.into_iter().map(|TraceContext(cause)| cause.as_ref().clone()).collect();
    let parent = match causes.as_slice() {
        [] => Context::new(),
        causes => Context::new().with_value(Caused { sampled: causes.iter().any(SpanContext::is_sampled) }),
    };
    Span::begin(parent, kind, name, causes)
}

/// Begins a step of its own if the current one is recorded.
pub fn child(kind: &SpanKind, name: impl FnOnce() -> Cow<'static, str>) -> Span {
    let begun = ACTIVE.try_with(|parent| {
        let _on = TRACER.get().filter(|_| parent.span().span_context().is_sampled())?;
        Some(Span::begin(parent.clone(), kind, &name(), Vec::new()))
    });
    begun.ok().flatten().unwrap_or_else(Span::none)
}

/// Begins the step of a request that is served. It continues the trace in its headers, from any
/// sender. `trusted` callers decide on its recording; for other callers, this service decides.
pub fn serve(headers: &HeaderMap, trusted: bool) -> Span {
    let parent = TraceContext::of(headers)
        .map(|TraceContext(parent)| Context::new().with_remote_span_context(*parent));
    if TRACER.get().is_none() {
        return parent.map_or_else(Span::none, Span::of);
    }
    let parent = match parent {
        Some(parent) if !trusted => parent.with_value(Stranger),
        Some(parent) => parent,
        None => Context::new(),
    };
    // Renamed once it is known to be recorded.
    Span::begin(parent, &SpanKind::Server, "request", Vec::new())
}

/// Writes the current step to the headers of an outgoing call.
pub(crate) fn inject(headers: &mut HeaderMap) {
    if let Some(cause) = TraceContext::current() {
        cause.write(headers);
    }
}

/// Wraps `work` as a part of the current step, in whichever task it runs.
pub fn carry<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let span = ACTIVE.try_with(Clone::clone).ok();
    async move {
        match span {
            Some(context) => ACTIVE.scope(context, work).await,
            None => work.await,
        }
    }
}

/// Returns the current trace, and the step if it is one of ours.
pub(crate) fn ids() -> Option<(TraceId, Option<SpanId>)> {
    let ids = ACTIVE.try_with(|context| {
        let span = context.span();
        let context = span.span_context();
        let own = (!context.is_remote()).then(|| context.span_id());
        context.is_valid().then(|| (context.trace_id(), own))
    });
    ids.ok().flatten()
}

/// Returns a method as spans name it.
#[must_use]
pub fn method_name(method: &Method) -> &str {
    match known(method) {
        "other" => "_OTHER",
        known => known,
    }
}
