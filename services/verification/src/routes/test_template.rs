//! `POST /templates/{name}/test`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{
    ErrorBody,
    verification::{Purpose, SampleRequest, VerificationAccepted},
};
use estore_server::{
    auth::Admin,
    extract::{Json, Path},
};

use crate::{Error, app::App, samples};

/// Sends the caller a sample of a template, filled with sample data, at their own address.
///
/// The sample goes through the same outbox as other emails, and is listed among them with
/// `is_sample`. It shows the version that emails use now, or the given one. Its link has no token
/// that works. A version that `PUT /templates/{name}` would reject today is rejected.
#[utoipa::path(post, path = "/templates/{name}/test", tag = "admin", security(("bearer" = [])), params(("name" = Purpose, Path, description = "The template")),
    request_body = SampleRequest, responses(
    (status = 202, description = "In the outbox", body = VerificationAccepted),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 404, description = "No such template, or no such version in this language", body = ErrorBody),
    (status = 422, description = "A field is unknown or not valid, or the version does not work", body = ErrorBody),
))]
pub(super) async fn test_template(
    State(app): State<App>,
    admin: Admin,
    Path(name): Path<Purpose>,
    Json(request): Json<SampleRequest>,
) -> Result<(StatusCode, Json<VerificationAccepted>), Error> {
    let verification_id = samples::send(&app, &admin.principal, name, request).await?;
    Ok((StatusCode::ACCEPTED, Json(VerificationAccepted { verification_id })))
}
