//! One step of a trace.

use opentelemetry::{
    Context, KeyValue, StringValue, Value,
    trace::{SpanKind, Status, TraceContextExt},
};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::{ACTIVE, TARGET};

/// A step of a trace, from its making until it is dropped; or nothing, where it is not recorded.
#[derive(Debug)]
#[must_use = "it ends when it is dropped"]
pub struct Span {
    context: Option<Context>,
    /// What it is to `tracing`, where it is a step within another one.
    span: tracing::Span,
}

impl Span {
    pub(super) fn none() -> Self {
        Self { context: None, span: tracing::Span::none() }
    }

    pub(super) fn of(context: Context) -> Self {
        Self { context: Some(context), span: tracing::Span::none() }
    }

    /// A step within `parent`, which is recorded.
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

    /// Whether anybody will see it.
    pub(crate) fn is_recorded(&self) -> bool {
        self.context.as_ref().is_some_and(|context| context.span().is_recording())
    }

    /// With an attribute, which is made only where it is recorded. No secret, and nothing personal: who reads traces is not who may
    /// read those.
    pub fn with<V: Into<Value>>(self, key: &'static str, value: impl FnOnce() -> V) -> Self {
        self.set(key, value);
        self
    }

    /// Adds an attribute.
    pub fn set<V: Into<Value>>(&self, key: &'static str, value: impl FnOnce() -> V) {
        if let Some(context) = self.context.as_ref().filter(|_| self.is_recorded()) {
            context.span().set_attribute(KeyValue::new(key, value()));
        }
    }

    pub(crate) fn rename(&self, name: impl FnOnce() -> String) {
        if let Some(context) = self.context.as_ref().filter(|_| self.is_recorded()) {
            context.span().update_name(name());
        }
    }

    /// It failed; `kind` is one of few words.
    pub fn fail(&self, kind: impl Into<StringValue>) {
        if let Some(context) = self.context.as_ref().filter(|_| self.is_recorded()) {
            context.span().set_attribute(KeyValue::new("error.type", kind.into()));
            context.span().set_status(Status::error(""));
        }
    }

    /// Does `work` in it: what that begins is within this step, and calls name it.
    pub async fn run<F: Future>(&self, work: F) -> F::Output {
        match &self.context {
            Some(context) => ACTIVE.scope(context.clone(), work).await,
            None => work.await,
        }
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        // One of tracing's ends when that is dropped.
        if let Some(context) = self.context.as_ref().filter(|_| self.span.is_none()) {
            context.span().end();
        }
    }
}
