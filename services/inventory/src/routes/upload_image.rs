//! `POST /images`.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use estore_contract::{Code, ErrorBody, inventory::UploadedImage};
use estore_server::{Problem, auth::Admin, carry, extract::Json};

use crate::{
    app::App,
    domain::uploaded_name,
    images::Format,
    store::images::{self, Facts},
};

/// Stores an image, which products can then name.
///
/// The body is the file, of at most 5 MiB and 40 million pixels. An SVG may draw, and neither
/// runs nor loads anything; it has at most 256 KiB. The same file has the same name.
#[utoipa::path(post, path = "/images", tag = "catalogue admin", security(("bearer" = [])),
    request_body(content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"), (Vec<u8> = "image/avif"), (Vec<u8> = "image/svg+xml"))), responses(
    (status = 200, description = "It was stored before", body = UploadedImage),
    (status = 201, description = "It is stored", body = UploadedImage, headers(("Location" = String, description = "The path of the image"))),
    (status = 400, description = "The body ended before it was complete", body = ErrorBody),
    (status = 413, description = "Larger than 5 MiB, or uploaded images have no room left", body = ErrorBody),
    (status = 422, description = "Damaged, too many pixels, or an SVG with active content", body = ErrorBody),
))]
pub(super) async fn upload_image(
    State(app): State<App>,
    _admin: Admin,
    request: Request,
) -> Result<Response, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let format = kind.and_then(Format::of).ok_or_else(|| {
        let message = "Send the file as image/png, image/jpeg, image/webp, image/avif or image/svg+xml.";
        Problem::new(Code::UnsupportedMediaType, message)
    })?;
    let (data, size) = app.uploads.read(format, request).await?;
    app.epoch.guard().await?;
    let name = uploaded_name(format.ending(), &data);
    if let Some(facts) = images::uploaded(&app.redis, &name).await? {
        return Ok(Json(answer(name, facts)).into_response());
    }
    let (bytes, most, kind) = (data.len() as u64, app.uploaded_image_bytes, format.content_type());
    let (redis, stored) = (app.redis.clone(), name.clone());
    // An image is counted before it is written, so the write goes on if the client hangs up.
    let upload =
        async move { images::upload(&redis, &stored, &data, (size.width, size.height), kind, most).await };
    let is_new = tokio::spawn(carry(upload)).await.map_err(Problem::internal)??;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let image = answer(name, (kind.to_owned(), size.width, size.height, bytes));
    let location = HeaderValue::try_from(&image.url).map_err(Problem::internal)?;
    Ok((status, [(header::LOCATION, location)], Json(image)).into_response())
}

fn answer(name: String, (content_type, width, height, bytes): Facts) -> UploadedImage {
    UploadedImage { url: format!("/images/{name}"), name, content_type, width, height, bytes }
}
