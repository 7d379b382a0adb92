//! `GET /orders/{id}/events`.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{KeepAlive, Sse},
    },
};
use estore_contract::{ErrorBody, OrderRef};
use estore_server::{Problem, auth::Caller, extract::Path};

use crate::{
    Error,
    app::App,
    orders::{
        access::{may_read, named},
        events::follow,
    },
    store::details,
};

/// The version in the last event that the client has seen.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Keeps nginx from buffering the stream.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Streams one of the caller's orders as Server-Sent Events. An admin may follow any order.
///
/// Each event has the name `order`, the order's version as its id, and the body of
/// `GET /orders/{id}` as its data. The first event is the current state, unless the client has seen
/// it. The stream ends after a final state, and after 18 seconds in any case. `EventSource` then
/// connects again by itself, and gets 204 once it has seen the final state.
#[utoipa::path(get, path = "/orders/{id}/events", tag = "orders", security(("bearer" = [])), params(
    ("id" = String, Path, description = "The order's id or number"),
    ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that the client has seen"),
), responses(
    (status = 200, description = "The events", body = String, content_type = "text/event-stream"),
    (status = 204, description = "The order is final, and the client has seen that"),
    (status = 404, description = "No such thing, or not the caller's", body = ErrorBody),
    (status = 429, description = "The account has too many streams or requests (`rate_limited`)", body = ErrorBody),
))]
pub(super) async fn follow_order(
    State(app): State<App>,
    caller: Caller,
    Path(order): Path<OrderRef>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = named(&app, &caller.principal, order).await?;
    // Before the read, so that no move is missed.
    let watch = app.flow.watchers.watch(id);
    let found = details::read(&app.redis, app.epoch.expected()?, id).await?;
    if !may_read(&caller, found.order.user()?) {
        return Err(Error::NotFound.into());
    }
    let seen = headers.get(LAST_EVENT_ID).and_then(|last| last.to_str().ok()?.parse().ok());
    if found.is_final() && seen == Some(found.version()) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let open = app.streams.open(caller.principal.user_id)?;
    let events = follow(&app, (id, found), watch, seen, open);
    // A comment line every 15 s.
    let mut response = Sse::new(events).keep_alive(KeepAlive::default()).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(BUFFERING, HeaderValue::from_static("no"));
    Ok(response)
}
