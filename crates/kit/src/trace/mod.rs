//! Traces: which step of which one a task works on, and how steps begin. Where traces are off, or this one is not recorded, all of
//! it costs next to nothing: no name is made, no attribute.

mod cause;
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

use http::HeaderMap;
use opentelemetry::{
    Context,
    trace::{Link, SpanBuilder, SpanId, SpanKind, TraceContextExt, TraceId, Tracer},
};
use opentelemetry_sdk::trace::SdkTracer;
use tracing::Subscriber;
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

pub use cause::Cause;
pub(crate) use past::past;
pub(crate) use sampling::Sampling;
use sampling::{Caused, Stranger};
pub use span::Span;

tokio::task_local! {
    /// The step that this task works on; or, where nothing is recorded here, the one that it was called by.
    static ACTIVE: Context;
}

/// The steps among what is told to `tracing`.
const TARGET: &str = "estore::trace";

/// Makes steps of traces of what is told to `tracing` of them. It adds nothing of its own: not the line of code, nor the thread.
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

/// There where traces are on.
static TRACER: OnceLock<SdkTracer> = OnceLock::new();
/// Whether clients say what is recorded.
static CLIENTS: AtomicBool = AtomicBool::new(false);

/// Turns traces on, once; with the word of clients on what is recorded, or without.
pub(crate) fn start(tracer: SdkTracer, trust_clients: bool) {
    CLIENTS.store(trust_clients, Ordering::Relaxed);
    let _already = TRACER.set(tracer);
}

/// Whether clients say what is recorded (`TRACE_TRUST_CLIENTS`).
pub(crate) fn clients_are_trusted() -> bool {
    CLIENTS.load(Ordering::Relaxed)
}

/// A step within the one that this task works on, such as a hash of a password.
pub fn step(name: &'static str) -> Span {
    child(&SpanKind::Internal, || name.into())
}

/// A call to what keeps no trace of its own, such as a mail server.
pub fn call(name: &'static str) -> Span {
    child(&SpanKind::Client, || name.into())
}

/// Something is put into `queue`, to be done later: [`Cause::now`] in it is what is kept with it.
pub fn send(queue: &'static str) -> Span {
    let span = child(&SpanKind::Producer, || format!("send {queue}").into());
    messaging(span, queue, "send")
}

/// Something was taken from `queue`, or many things at once: a trace of its own, with a link to what put each there.
pub fn process<'a>(queue: &'static str, causes: impl IntoIterator<Item = &'a Cause>) -> Span {
    let span = root(SpanKind::Consumer, format!("process {queue}").into(), causes);
    messaging(span, queue, "process")
}

/// Something that was left goes on: a trace of its own, with a link to what began it.
pub fn resume(name: &'static str, cause: Option<&Cause>) -> Span {
    root(SpanKind::Internal, name.into(), cause)
}

fn messaging(span: Span, queue: &'static str, operation: &'static str) -> Span {
    span.with("messaging.system", || "estore")
        .with("messaging.destination.name", || queue)
        .with("messaging.operation.name", || operation)
        .with("messaging.operation.type", || operation)
}

fn root<'a>(kind: SpanKind, name: Cow<'static, str>, causes: impl IntoIterator<Item = &'a Cause>) -> Span {
    let Some(tracer) = TRACER.get() else { return Span::none() };
    let link = |Cause(cause): &Cause| Link::new(cause.as_ref().clone(), Vec::new(), 0);
    let links: Vec<Link> = causes.into_iter().map(link).collect();
    let context = match links.as_slice() {
        [] => Context::new(),
        links => {
            let sampled = links.iter().any(|link| link.span_context.is_sampled());
            Context::new().with_value(Caused { sampled })
        }
    };
    let builder = SpanBuilder::from_name(name).with_kind(kind).with_links(links);
    Span::of(Context::new().with_span(tracer.build_with_context(builder, &context)))
}

/// A step of its own where the current one is recorded; else nothing.
pub(crate) fn child(kind: &SpanKind, name: impl FnOnce() -> Cow<'static, str>) -> Span {
    let begun = ACTIVE.try_with(|parent| {
        let _on = TRACER.get().filter(|_| parent.span().span_context().is_sampled())?;
        Some(Span::within(parent, kind, &name()))
    });
    begun.ok().flatten().unwrap_or_else(Span::none)
}

/// A request that is served: it goes on with the trace that its headers name, whoever sent them. Whether it is recorded is for
/// `trusted` callers to say, and for us where a stranger calls.
pub(crate) fn serve(headers: &HeaderMap, trusted: bool) -> Span {
    let parent = Cause::of(headers).map(|Cause(parent)| Context::new().with_remote_span_context(*parent));
    let Some(tracer) = TRACER.get() else { return parent.map_or_else(Span::none, Span::of) };
    let parent = match parent {
        Some(parent) if !trusted => parent.with_value(Stranger),
        Some(parent) => parent,
        None => Context::new(),
    };
    // It gets its name once it is known to be recorded.
    let builder = SpanBuilder::from_name("request").with_kind(SpanKind::Server);
    Span::of(Context::new().with_span(tracer.build_with_context(builder, &parent)))
}

/// Names the current step in the headers of an outgoing call.
pub(crate) fn inject(headers: &mut HeaderMap) {
    if let Some(cause) = Cause::current() {
        cause.write(headers);
    }
}

/// `work` as a part of the current step, wherever it runs.
pub(crate) fn carry<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let span = ACTIVE.try_with(Clone::clone).ok();
    async move {
        match span {
            Some(context) => ACTIVE.scope(context, work).await,
            None => work.await,
        }
    }
}

/// The current trace, and the step where it is one of ours.
pub(crate) fn ids() -> Option<(TraceId, Option<SpanId>)> {
    let ids = ACTIVE.try_with(|context| {
        let span = context.span();
        let context = span.span_context();
        let own = (!context.is_remote()).then(|| context.span_id());
        context.is_valid().then(|| (context.trace_id(), own))
    });
    ids.ok().flatten()
}
