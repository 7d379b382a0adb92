//! `POST /templates/{name}/preview`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    verification::{Preview, Purpose, TemplateBody},
};
use estore_kit::{
    auth::Admin,
    extract::{Json, Path},
};

use super::template_check;
use crate::{Error, app::App, domain::Rendered};

/// Fills a template with sample data, and keeps nothing. Refuses what `PUT /templates/{name}` refuses.
#[utoipa::path(post, path = "/templates/{name}/preview", tag = "admin", security(("bearer" = [])), params(("name" = Purpose, Path, description = "The template")),
    request_body = TemplateBody, responses(
    (status = 200, description = "What it looks like", body = Preview),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 403, description = "Not an admin", body = ErrorBody),
    (status = 404, description = "No such thing", body = ErrorBody),
    (status = 413, description = "Too large", body = ErrorBody),
    (status = 415, description = "Not `application/json`", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done; try again", body = ErrorBody),
))]
pub(super) async fn preview_template(
    State(app): State<App>,
    _admin: Admin,
    Path(name): Path<Purpose>,
    Json(body): Json<TemplateBody>,
) -> Result<Json<Preview>, Error> {
    let Rendered { subject, text, html } = template_check::fill(&app, name, &body)?;
    Ok(Json(Preview { subject, text, html }))
}
