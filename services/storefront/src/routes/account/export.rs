//! `GET /account/export`: everything that the shop holds on the visitor, as a file.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::StreamExt;

use crate::{Error, app::App, web::Shopper};

pub(super) async fn download(State(app): State<App>, shopper: Shopper) -> Result<Response, Error> {
    let place = match app.streams.take(shopper.address) {
        Ok(place) => place,
        Err(full) => return Ok(full.into_response()),
    };
    let export = shopper.user().export().await?.into_body().map(move |part| {
        let _until_the_end = &place;
        part
    });
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    Ok((headers, Body::from_stream(export)).into_response())
}
