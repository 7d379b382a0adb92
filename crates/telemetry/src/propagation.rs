//! The headers that a call passes on.

use estore_base::request_id::{REQUEST_ID, RequestId};
use http::HeaderMap;

use crate::trace;

/// Returns the headers that a call made by this task passes on: the request's id and the trace.
#[must_use]
pub fn outgoing() -> HeaderMap {
    let mut headers = HeaderMap::new();
    // Background work has no request: its calls carry only their own trace.
    if let Some(id) = RequestId::current() {
        headers.insert(REQUEST_ID, id.into_header());
    }
    trace::inject(&mut headers);
    headers
}
