//! `PUT /templates/{name}`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    verification::{Purpose, Template, TemplateBody},
};
use estore_server::{
    auth::Admin,
    extract::{Json, Path},
};
use estore_stores::pg;

use crate::{Error, app::App, store::templates as stored, templates};

/// Adds a version of a template in one language.
///
/// A template is rejected if it does not work for every email of its purpose. It is also rejected
/// if any of its branches uses a variable that such emails do not have. It must show the required
/// contents: a link, a notice, or the order and its amount.
#[utoipa::path(put, path = "/templates/{name}", tag = "admin", security(("bearer" = [])), params(("name" = Purpose, Path, description = "The template")),
    request_body = TemplateBody, responses(
    (status = 200, description = "The new version", body = Template),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 404, description = "No such thing", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn put_template(
    State(app): State<App>,
    admin: Admin,
    Path(name): Path<Purpose>,
    Json(body): Json<TemplateBody>,
) -> Result<Json<Template>, Error> {
    templates::fill(&app, name, &body)?;
    let written = stored::write(&app.database, name, &body).await.map_err(pg::CommitError::of_statement)?;
    tracing::info!(admin = %admin.principal.user_id, template = name.as_str(), version = written.version, "template changed");
    Ok(Json(written))
}
