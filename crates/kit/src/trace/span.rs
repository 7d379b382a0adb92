//! One step of a trace.

use opentelemetry::{
    Context, KeyValue, StringValue, Value,
    trace::{Status, TraceContextExt},
};

use super::ACTIVE;

/// A step of a trace, from its making until it is dropped; or nothing, where it is not recorded.
#[derive(Debug)]
#[must_use = "it ends when it is dropped"]
pub struct Span(Option<Context>);

impl Span {
    pub(super) const fn none() -> Self {
        Self(None)
    }

    pub(super) const fn of(context: Context) -> Self {
        Self(Some(context))
    }

    /// Whether anybody will see it.
    pub(crate) fn is_recorded(&self) -> bool {
        self.0.as_ref().is_some_and(|context| context.span().is_recording())
    }

    /// With an attribute, which is made only where it is recorded. No secret, and nothing personal: who reads traces is not who may
    /// read those.
    pub fn with<V: Into<Value>>(self, key: &'static str, value: impl FnOnce() -> V) -> Self {
        self.set(key, value);
        self
    }

    /// Adds an attribute.
    pub fn set<V: Into<Value>>(&self, key: &'static str, value: impl FnOnce() -> V) {
        if let Some(context) = self.0.as_ref().filter(|_| self.is_recorded()) {
            context.span().set_attribute(KeyValue::new(key, value()));
        }
    }

    pub(crate) fn rename(&self, name: impl FnOnce() -> String) {
        if let Some(context) = self.0.as_ref().filter(|_| self.is_recorded()) {
            context.span().update_name(name());
        }
    }

    /// It failed; `kind` is one of few words.
    pub fn fail(&self, kind: impl Into<StringValue>) {
        if let Some(context) = self.0.as_ref().filter(|_| self.is_recorded()) {
            context.span().set_attribute(KeyValue::new("error.type", kind.into()));
            context.span().set_status(Status::error(""));
        }
    }

    /// Does `work` in it: what that begins is within this step, and calls name it.
    pub async fn run<F: Future>(&self, work: F) -> F::Output {
        match &self.0 {
            Some(context) => ACTIVE.scope(context.clone(), work).await,
            None => work.await,
        }
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        if let Some(context) = &self.0 {
            context.span().end();
        }
    }
}
