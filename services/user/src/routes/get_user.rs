//! `GET /users/{id}`.

use axum::extract::State;
use estore_contract::{ErrorBody, UserId, user::Profile};
use estore_server::{
    auth::Admin,
    extract::{Json, Path},
};

use crate::{Error, app::App, store::users};

/// Returns one account.
#[utoipa::path(get, path = "/users/{id}", tag = "admin", security(("bearer" = [])), params(("id" = UserId, Path, description = "The account")), responses(
    (status = 200, description = "The account", body = Profile),
    (status = 404, description = "No such account", body = ErrorBody),
))]
pub(crate) async fn get_user(
    State(app): State<App>,
    _admin: Admin,
    Path(id): Path<UserId>,
) -> Result<Json<Profile>, Error> {
    Ok(Json(users::by_id(&app.database, id).await?.ok_or(Error::NotFound)?.profile))
}
