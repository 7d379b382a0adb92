//! `PUT /templates/{name}`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    verification::{Purpose, Template, TemplateBody},
};
use estore_kit::{
    auth::Admin,
    extract::{Json, Path},
};

use super::template_check;
use crate::{Error, app::App, store::templates};

/// Adds a version of a template in one language. One is refused that does not work for every mail of its purpose, uses a variable that such mails
/// do not have, in whichever branch, or does not show what they are for: a link, a notice, or the order and its amount.
#[utoipa::path(put, path = "/templates/{name}", tag = "admin", security(("bearer" = [])), params(("name" = Purpose, Path, description = "The template")),
    request_body = TemplateBody, responses(
    (status = 200, description = "The new version", body = Template),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 403, description = "Not an admin", body = ErrorBody),
    (status = 404, description = "No such thing", body = ErrorBody),
    (status = 413, description = "Too large", body = ErrorBody),
    (status = 415, description = "Not `application/json`", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done; try again", body = ErrorBody),
))]
pub(super) async fn put_template(
    State(app): State<App>,
    admin: Admin,
    Path(name): Path<Purpose>,
    Json(body): Json<TemplateBody>,
) -> Result<Json<Template>, Error> {
    template_check::fill(&app, name, &body)?;
    let written = templates::write(&app.database, name, &body).await?;
    tracing::info!(admin = %admin.principal.user_id, template = name.as_str(), version = written.version, "a template was changed");
    Ok(Json(written))
}
