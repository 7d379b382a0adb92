//! What a request carries along on its way through the services: its id; and its slot. Its trace is `trace`'s.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, header::HeaderName};

use super::Slot;
use crate::{clock::Clock, metrics::Counted, random, trace};

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: Context;
}

/// The id of the request that this task works for.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub(crate) request_id: HeaderValue,
    /// Its place among the requests that are worked on. What goes on after the client hung up keeps it, too.
    pub(crate) slot: Option<Held>,
}

/// A place among the requests that are worked on, and that it counts.
pub(crate) type Held = Arc<(Slot, Option<Counted>)>;

impl Context {
    /// The context that `headers` name; a request without a good id gets a new one.
    pub(crate) fn of(headers: &HeaderMap, clock: &dyn Clock) -> Self {
        let sent = headers.get(REQUEST_ID).filter(|value| is_good(value.as_bytes())).cloned();
        let made = || HeaderValue::try_from(random::uuid_v7(clock).to_string());
        let request_id = sent.map_or_else(made, Ok).unwrap_or(HeaderValue::from_static("unknown"));
        Self { request_id, slot: None }
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

/// Tells the id of the request that this task works for, where it works for one.
pub(crate) fn with_id(tell: impl FnOnce(&str)) {
    let _none = CURRENT.try_with(|context| tell(context.id()));
}

/// `work` in the context of the request that this task works for, so that it can be spawned: it then goes on where the
/// client hangs up, and its calls and log lines still carry the request's id and its trace.
pub fn carry<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let context = CURRENT.try_with(Clone::clone).ok();
    let work = trace::carry(work);
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
    if let Ok(id) = CURRENT.try_with(|context| context.request_id.clone()) {
        headers.insert(REQUEST_ID, id);
    }
    trace::inject(&mut headers);
    headers
}

fn is_good(id: &[u8]) -> bool {
    (1..=128).contains(&id.len())
        && id.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}
