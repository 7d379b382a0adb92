//! `GET /orders/{id}/events`: the events of an order, for the script of its page. The Payment
//! Service sends them; the browser has no token for it.

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use estore_contract::OrderRef;
use futures::StreamExt;

use crate::{Error, app::App, web::Shopper};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Keeps nginx from buffering the stream.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

pub(super) async fn follow(
    State(app): State<App>,
    shopper: Shopper,
    Path(of): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let of: OrderRef = of.parse().map_err(|_| Error::NotFound)?;
    let place = match app.streams.take(shopper.address) {
        Ok(place) => place,
        Err(full) => return Ok(full.into_response()),
    };
    let events = shopper.payment().order_events(of, headers.get(LAST_EVENT_ID).cloned()).await?;
    // The browser has seen the end, and connects no more.
    if events.status() == StatusCode::NO_CONTENT {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let body = events.into_body().map(move |part| {
        let _until_the_end = &place;
        part
    });
    let fixed =
        [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store"), (BUFFERING, "no")];
    let fixed = fixed.map(|(name, value)| (name, HeaderValue::from_static(value)));
    Ok((fixed, Body::from_stream(body)).into_response())
}
