//! `GET /images/{name}`.

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use estore_contract::ErrorBody;
use estore_kit::{Problem, extract::Path};

use crate::{app::App, store::images};

/// A picture of a product. Its name changes with its content, so it may be kept for ever.
#[utoipa::path(get, path = "/images/{name}", tag = "catalogue", params(("name" = String, Path, description = "As in a product's `images`")), responses(
    (status = 200, description = "The picture", content_type = "image/svg+xml", body = Vec<u8>),
    (status = 404, description = "No such thing", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: try again", body = ErrorBody),
))]
pub(super) async fn get_image(State(app): State<App>, Path(name): Path<String>) -> Result<Response, Problem> {
    let (kind, data) = images::read(&app.redis, &name).await?;
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::try_from(kind).map_err(Problem::internal)?),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        // An SVG opened by itself is a document: it may run nothing and load nothing.
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox"),
        ),
    ];
    Ok((headers, data).into_response())
}
