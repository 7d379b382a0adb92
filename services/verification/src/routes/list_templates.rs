//! `GET /templates`.

use axum::extract::State;
use estore_contract::verification::TemplateList;
use estore_server::{auth::Admin, extract::Json};

use crate::{Error, app::App, store::templates};

/// Lists the newest version of every template, in each language.
#[utoipa::path(get, path = "/templates", tag = "admin", security(("bearer" = [])), responses(
    (status = 200, description = "Templates", body = TemplateList),
))]
pub(super) async fn list_templates(
    State(app): State<App>,
    _admin: Admin,
) -> Result<Json<TemplateList>, Error> {
    Ok(Json(TemplateList { items: templates::list(&app.database, None).await? }))
}
