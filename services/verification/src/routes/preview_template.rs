//! `POST /templates/{name}/preview`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    verification::{Preview, Purpose, TemplateBody},
};
use estore_server::{
    auth::Admin,
    extract::{Json, Path},
};

use crate::{Error, app::App, domain::Rendered, templates};

/// Fills a template with sample data, and stores nothing.
///
/// Rejects the templates that `PUT /templates/{name}` rejects.
#[utoipa::path(post, path = "/templates/{name}/preview", tag = "admin", security(("bearer" = [])), params(("name" = Purpose, Path, description = "The template")),
    request_body = TemplateBody, responses(
    (status = 200, description = "The rendered email", body = Preview),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 404, description = "No such thing", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn preview_template(
    State(app): State<App>,
    _admin: Admin,
    Path(name): Path<Purpose>,
    Json(body): Json<TemplateBody>,
) -> Result<Json<Preview>, Error> {
    let Rendered { subject, text, html } = templates::fill(&app, name, &body)?;
    Ok(Json(Preview { subject, text, html }))
}
