//! One step of a trace.

use opentelemetry::{
    Context, KeyValue, StringValue, Value,
    trace::{SpanContext, SpanKind, Status, TraceContextExt},
};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::{ACTIVE, TARGET};

/// A step of a trace, from its creation until it is dropped. Empty if it is not recorded.
#[derive(Debug)]
#[must_use = "it ends when it is dropped"]
pub struct Span {
    context: Option<Context>,
    /// It ends the step when it is dropped.
    _span: tracing::Span,
}

impl Span {
    pub(super) fn none() -> Self {
        Self { context: None, _span: tracing::Span::none() }
    }

    /// The caller's step, if traces are off: it is passed on, and not recorded.
    pub(super) fn of(context: Context) -> Self {
        Self { context: Some(context), _span: tracing::Span::none() }
    }

    /// Begins a step within `parent`, with a link to each of its `causes`.
    pub(super) fn begin(parent: Context, kind: &SpanKind, name: &str, causes: Vec<SpanContext>) -> Self {
        let kind = match kind {
            SpanKind::Client => "client",
            SpanKind::Server => "server",
            SpanKind::Producer => "producer",
            SpanKind::Consumer => "consumer",
            SpanKind::Internal => "internal",
        };
        let span =
            tracing::info_span!(target: TARGET, parent: None, "step", otel.name = name, otel.kind = kind);
        if span.set_parent(parent).is_err() {
            return Self::none();
        }
        for cause in causes {
            span.add_link(cause);
        }
        Self { context: Some(span.context()), _span: span }
    }

    /// Returns true if the step is recorded.
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        self.context.as_ref().is_some_and(|context| context.span().is_recording())
    }

    /// Adds an attribute, whose value is computed only if the step is recorded. It must be neither
    /// secret nor personal, because readers of traces may not see such data.
    pub fn with<V: Into<Value>>(self, key: &'static str, value: impl FnOnce() -> V) -> Self {
        self.set(key, value);
        self
    }

    /// Adds an attribute, as [`Self::with`] does.
    pub fn set<V: Into<Value>>(&self, key: &'static str, value: impl FnOnce() -> V) {
        if let Some(context) = self.context.as_ref().filter(|_| self.is_recorded()) {
            context.span().set_attribute(KeyValue::new(key, value()));
        }
    }

    /// Changes the name, which is computed only if the step is recorded.
    pub fn rename(&self, name: impl FnOnce() -> String) {
        if let Some(context) = self.context.as_ref().filter(|_| self.is_recorded()) {
            context.span().update_name(name());
        }
    }

    /// Marks the step as failed; `kind` is one of few words.
    pub fn fail(&self, kind: impl Into<StringValue>) {
        if let Some(context) = self.context.as_ref().filter(|_| self.is_recorded()) {
            context.span().set_attribute(KeyValue::new("error.type", kind.into()));
            context.span().set_status(Status::error(""));
        }
    }

    /// Runs `work` within the step: steps that it begins are children, and its calls carry the
    /// step.
    pub async fn run<F: Future>(&self, work: F) -> F::Output {
        match &self.context {
            Some(context) => ACTIVE.scope(context.clone(), work).await,
            None => work.await,
        }
    }
}
