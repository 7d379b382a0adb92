//! `GET /images/{name}`.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use estore_contract::ErrorBody;
use estore_server::{Problem, extract::Path};

use crate::{
    app::App,
    store::images::{self, Content},
};

/// Returns an image of a product.
///
/// The name changes with the content, so the image may be cached forever.
#[utoipa::path(get, path = "/images/{name}", tag = "catalogue", params(("name" = String, Path, description = "As in a product's `images`")), responses(
    (status = 200, description = "The image", content((Vec<u8> = "image/svg+xml"), (Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"), (Vec<u8> = "image/avif"))),
    (status = 404, description = "No such thing", body = ErrorBody),
))]
pub(super) async fn get_image(State(app): State<App>, Path(name): Path<String>) -> Result<Response, Problem> {
    let image = images::read(&app.redis, &name).await?;
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::try_from(image.kind).map_err(Problem::internal)?),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        // An SVG that is opened directly is a document. It must not run or load anything.
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox"),
        ),
    ];
    Ok(match image.content {
        Content::Whole(data) => (headers, data).into_response(),
        Content::Parts(count, bytes) => {
            let parts = images::parts(app.redis.clone(), &name, count);
            let length = [(header::CONTENT_LENGTH, HeaderValue::from(bytes))];
            (headers, length, Body::from_stream(parts)).into_response()
        }
    })
}
