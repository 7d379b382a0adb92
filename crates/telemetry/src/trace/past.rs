//! Steps that are reported after they ended.

use std::{
    borrow::Cow,
    time::{Duration, SystemTime},
};

use estore_base::clock::{Clock, SystemClock};
use opentelemetry::{
    KeyValue,
    trace::{Span, SpanBuilder, SpanKind, TraceContextExt, Tracer},
};

use super::{ACTIVE, TRACER};

/// Adds a call within the current step that took `elapsed` until now, if that is recorded.
pub(crate) fn past(elapsed: Duration, what: impl FnOnce() -> (Cow<'static, str>, Vec<KeyValue>)) {
    let _outside = ACTIVE.try_with(|parent| {
        let Some(tracer) = TRACER.get().filter(|_| parent.span().span_context().is_sampled()) else { return };
        let (name, attributes) = what();
        let now = SystemTime::from(SystemClock.now());
        let begin = now.checked_sub(elapsed).unwrap_or(now);
        let builder = SpanBuilder::from_name(name).with_kind(SpanKind::Client).with_start_time(begin);
        let mut span = tracer.build_with_context(builder.with_attributes(attributes), parent);
        span.end_with_timestamp(now);
    });
}
