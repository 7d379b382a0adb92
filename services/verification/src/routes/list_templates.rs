//! `GET /templates`.

use axum::extract::State;
use estore_contract::{ErrorBody, verification::TemplateList};
use estore_kit::{auth::Admin, extract::Json};

use crate::{Error, app::App, store::templates};

/// The newest version of every template, in each language.
#[utoipa::path(get, path = "/templates", tag = "admin", security(("bearer" = [])), responses(
    (status = 200, description = "Templates", body = TemplateList),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 403, description = "Not an admin", body = ErrorBody),
    (status = 503, description = "Nothing was done; try again", body = ErrorBody),
))]
pub(super) async fn list_templates(
    State(app): State<App>,
    _admin: Admin,
) -> Result<Json<TemplateList>, Error> {
    Ok(Json(TemplateList { items: templates::list(&app.database, None).await? }))
}
