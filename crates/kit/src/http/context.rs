//! What a request carries along on its way through the services: its id and its trace; and its slot.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, header::HeaderName};

use tracing::Instrument;

use super::Slot;
use crate::{clock::Clock, metrics::Counted, random, telemetry};

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: Context;
}

/// The id of the request that this task works for, and the trace headers it came with.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub(crate) request_id: HeaderValue,
    trace: Vec<(HeaderName, HeaderValue)>,
    /// Its place among the requests that are worked on. What goes on after the client hung up keeps it, too.
    pub(crate) slot: Option<Held>,
}

/// A place among the requests that are worked on, and that it counts.
pub(crate) type Held = Arc<(Slot, Counted)>;

/// The trace headers, and how long each may be: `tracestate` as long as one must be passed on (W3C Trace Context, section 3.3.1.5).
/// A longer one would make our own calls too large for who is called.
const TRACE: [(&str, usize); 2] = [("traceparent", 64), ("tracestate", 512)];

impl Context {
    /// The context that `headers` name; a request without a good id gets a new one.
    pub(crate) fn of(headers: &HeaderMap, clock: &dyn Clock) -> Self {
        let sent = headers.get(REQUEST_ID).filter(|value| is_good(value.as_bytes())).cloned();
        let made = || HeaderValue::try_from(random::uuid_v7(clock).to_string());
        let request_id = sent.map_or_else(made, Ok).unwrap_or(HeaderValue::from_static("unknown"));
        let kept = |(name, longest): (&'static str, usize)| {
            let value = headers.get(name).filter(|value| value.len() <= longest && value.to_str().is_ok())?;
            Some((HeaderName::from_static(name), value.clone()))
        };
        Self { request_id, trace: TRACE.into_iter().filter_map(kept).collect(), slot: None }
    }

    /// The id as text.
    pub(crate) fn id(&self) -> &str {
        self.request_id.to_str().unwrap_or_default()
    }

    /// Runs `work` in this context.
    pub(crate) async fn scope<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }
}

/// `work` in the context of the request that this task works for, so that it can be spawned: it then goes on where the
/// client hangs up, and its calls and log lines still carry the request's id.
pub fn carry<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let context = CURRENT.try_with(Clone::clone).ok();
    let work = work.instrument(tracing::Span::current());
    async move {
        match context {
            Some(context) => context.scope(work).await,
            None => work.await,
        }
    }
}

/// The headers that a call made by this task passes on.
pub(crate) fn outgoing() -> HeaderMap {
    let mut headers = HeaderMap::new();
    // Background work has no request: its calls carry only their own trace.
    if let Ok(context) = CURRENT.try_with(Clone::clone) {
        headers.insert(REQUEST_ID, context.request_id);
        headers.extend(context.trace);
    }
    telemetry::inject(&mut headers);
    headers
}

fn is_good(id: &[u8]) -> bool {
    (1..=128).contains(&id.len())
        && id.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}
