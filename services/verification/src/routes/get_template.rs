//! `GET /templates/{name}`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    verification::{Purpose, TemplateList},
};
use estore_server::{
    auth::Admin,
    extract::{Json, Path},
};

use crate::{Error, app::App, store::templates};

/// Returns the newest version of one template, in each language.
#[utoipa::path(get, path = "/templates/{name}", tag = "admin", security(("bearer" = [])), params(("name" = Purpose, Path, description = "The template")), responses(
    (status = 200, description = "The template", body = TemplateList),
    (status = 404, description = "No such thing", body = ErrorBody),
))]
pub(super) async fn get_template(
    State(app): State<App>,
    _admin: Admin,
    Path(name): Path<Purpose>,
) -> Result<Json<TemplateList>, Error> {
    Ok(Json(TemplateList { items: templates::list(&app.database, Some(name)).await? }))
}
