//! One step of a trace.

use opentelemetry::{
    Context, KeyValue, StringValue, Value,
    trace::{SpanKind, Status, TraceContextExt},
};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::{ACTIVE, TARGET};

/// A step of a trace, from its creation until it is dropped. Empty if it is not recorded.
#[derive(Debug)]
#[must_use = "it ends when it is dropped"]
pub struct Span {
    context: Option<Context>,
    /// The `tracing` span of a step within another one.
    span: tracing::Span,
}

impl Span {
    pub(super) fn none() -> Self {
        Self { context: None, span: tracing::Span::none() }
    }

    pub(super) fn of(context: Context) -> Self {
        Self { context: Some(context), span: tracing::Span::none() }
    }

    /// Begins a step within `parent`, which is recorded.
    pub(super) fn within(parent: &Context, kind: &SpanKind, name: &str) -> Self {
        let kind = match kind {
            SpanKind::Client => "client",
            SpanKind::Server => "server",
            SpanKind::Producer => "producer",
            SpanKind::Consumer => "consumer",
            SpanKind::Internal => "internal",
        };
        let span =
            tracing::info_span!(target: TARGET, parent: None, "step", otel.name = name, otel.kind = kind);
        match span.set_parent(parent.clone()) {
            Ok(()) => Self { context: Some(span.context()), span },
            Err(_off) => Self::none(),
        }
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

impl Drop for Span {
    fn drop(&mut self) {
        // A `tracing` span ends when it is dropped.
        if let Some(context) = self.context.as_ref().filter(|_| self.span.is_none()) {
            context.span().end();
        }
    }
}
