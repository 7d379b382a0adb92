//! The trace context stored with queued work: a W3C `traceparent`.

use std::fmt;

use http::{HeaderMap, HeaderValue};
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};

/// The headers of W3C Trace Context.
pub(super) const TRACEPARENT: &str = "traceparent";
pub(super) const TRACESTATE: &str = "tracestate";
/// The longest `tracestate` that is kept. By section 3.3.1.5, this length must be passed on. A
/// longer one would make our own calls too large for their receivers.
const LONGEST_STATE: usize = 512;
/// The longest `traceparent` that is parsed. Later versions may append to the 55 characters of this
/// one.
const LONGEST_PARENT: usize = 128;

/// The trace context of the step that caused later work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceContext(pub(super) Box<SpanContext>);

impl TraceContext {
    /// Returns the current step of this task, or `None` if it is not recorded, because there is
    /// nothing to link to.
    #[must_use]
    pub fn now() -> Option<Self> {
        super::TRACER.get()?;
        Self::current().filter(|Self(context)| context.is_sampled())
    }

    /// Returns the current step of this task or, without one, the caller's step. Returns `None` if
    /// no trace is known.
    pub(super) fn current() -> Option<Self> {
        let current = super::ACTIVE.try_with(|context| context.span().span_context().clone());
        current.ok().filter(SpanContext::is_valid).map(|context| Self(Box::new(context)))
    }

    /// Returns the id of the trace, as 32 hexadecimal digits.
    #[must_use]
    pub fn trace_id(&self) -> String {
        self.0.trace_id().to_string()
    }

    /// Parses a `traceparent` from an untrusted source. Returns `None` if it is not valid.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST_PARENT {
            return None;
        }
        let mut parts = text.splitn(5, '-');
        let [version] = hex(parts.next()?)?;
        let (trace, span) =
            (TraceId::from_bytes(hex(parts.next()?)?), SpanId::from_bytes(hex(parts.next()?)?));
        let [flags] = hex(parts.next()?)?;
        let more = parts.next().is_some();
        if version == 0xff || (version == 0 && more) {
            return None;
        }
        // Only this flag is common to all versions.
        let flags = TraceFlags::new(flags) & TraceFlags::SAMPLED;
        let context = SpanContext::new(trace, span, flags, true, TraceState::default());
        context.is_valid().then(|| Self(Box::new(context)))
    }

    /// Reads the trace context in a request's headers. Returns `None` if they name two traces.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut named = headers.get_all(TRACEPARENT).iter();
        let (parent, None) = (named.next()?, named.next()) else { return None };
        let Self(context) = Self::parse(parent.to_str().ok()?)?;
        let state = headers.get(TRACESTATE).filter(|state| state.len() <= LONGEST_STATE);
        let state: Option<TraceState> = state.and_then(|state| state.to_str().ok()?.parse().ok());
        let (trace, span, flags) = (context.trace_id(), context.span_id(), context.trace_flags());
        Some(Self(Box::new(SpanContext::new(trace, span, flags, true, state.unwrap_or_default()))))
    }

    /// Writes the trace context to the headers of a call.
    pub(super) fn write(&self, headers: &mut HeaderMap) {
        if let Ok(parent) = HeaderValue::try_from(self.to_string()) {
            headers.insert(TRACEPARENT, parent);
        }
        let state = self.0.trace_state().header();
        if let Some(state) = HeaderValue::try_from(state).ok().filter(|state| !state.is_empty()) {
            headers.insert(TRACESTATE, state);
        }
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(context) = self;
        write!(f, "00-{}-{}-{:02x}", context.trace_id(), context.span_id(), context.trace_flags())
    }
}

/// Parses `N` bytes in lower-case hexadecimal.
fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N || !digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn traceparent_is_parsed_strictly() {
        assert_eq!(TraceContext::parse(GOOD).unwrap().to_string(), GOOD);
        assert_eq!(TraceContext::parse(GOOD).unwrap().trace_id(), "0af7651916cd43dd8448eb211c80319c");
        let later = TraceContext::parse(&format!("{}-more", GOOD.replacen("00", "cc", 1))).unwrap();
        assert_eq!(later.to_string(), GOOD);
        let odd_flags = TraceContext::parse(&GOOD.replace("-01", "-fe")).unwrap();
        assert_eq!(odd_flags.to_string(), GOOD.replace("-01", "-00"));
        for wrong in [
            "",
            "00",
            &GOOD[1..],
            &GOOD[..54],
            &GOOD.to_uppercase(),
            &format!("{GOOD}-more"),
            &GOOD.replacen("00", "ff", 1),
            &GOOD.replace("0af7651916cd43dd8448eb211c80319c", "00000000000000000000000000000000"),
            &GOOD.replace("b7ad6b7169203331", "0000000000000000"),
            &GOOD.replace("0af7", "+af7"),
            &GOOD.replace("0af7", "é7"),
            &format!("{}-{}", GOOD.replacen("00", "01", 1), "x".repeat(128)),
        ] {
            assert_eq!(TraceContext::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn invalid_or_repeated_trace_headers_are_ignored() {
        let headers = |pairs: &[(&'static str, &str)]| -> HeaderMap {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(*name, HeaderValue::try_from(*value).unwrap());
            }
            headers
        };
        let state = "a=1,b=2";
        let cause = TraceContext::of(&headers(&[(TRACEPARENT, GOOD), (TRACESTATE, state)])).unwrap();
        let mut written = HeaderMap::new();
        cause.write(&mut written);
        assert_eq!(
            (&written[TRACEPARENT], &written[TRACESTATE]),
            (&HeaderValue::from_static(GOOD), &HeaderValue::from_static(state))
        );
        assert_eq!(TraceContext::of(&headers(&[(TRACEPARENT, GOOD), (TRACEPARENT, GOOD)])), None);
        assert_eq!(TraceContext::of(&headers(&[(TRACESTATE, state)])), None);
        // An invalid state does not invalidate the trace.
        for wrong in ["no state", &format!("a={}", "x".repeat(600))] {
            let cause = TraceContext::of(&headers(&[(TRACEPARENT, GOOD), (TRACESTATE, wrong)])).unwrap();
            assert_eq!(cause, TraceContext::parse(GOOD).unwrap());
        }
    }
}
