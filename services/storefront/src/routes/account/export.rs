//! `GET /account/export`: everything that the shop holds on the visitor, as a file.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::{Error, web::Shopper};

pub(super) async fn download(shopper: Shopper) -> Result<Response, Error> {
    let export = shopper.user().export().await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers.map(|(name, value)| (name, HeaderValue::from_static(value))), export).into_response())
}
