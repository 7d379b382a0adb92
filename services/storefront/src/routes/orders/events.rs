//! `GET /orders/{id}/events`: the events of an order, for the script of its page. The Payment
//! Service sends them; the browser has no token for it.

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use estore_contract::OrderRef;
use futures::StreamExt;

use crate::{Error, app::App, web::Shopper};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

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
    let body = events.into_body().map(move |part| {
        let _until_the_end = &place;
        part
    });
    let kind = HeaderValue::from_static("text/event-stream");
    let fixed = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((fixed, Body::from_stream(body)).into_response())
}
