//! `GET /verifications/{id}`.

use axum::extract::State;
use estore_contract::{ErrorBody, VerificationId, verification::Verification};
use estore_kit::{
    auth::Admin,
    extract::{Json, Path},
};

use crate::{Error, app::App, store::verifications};

/// One mail: what became of it, and the mail server's last answer.
#[utoipa::path(get, path = "/verifications/{id}", tag = "admin", security(("bearer" = [])), params(("id" = VerificationId, Path, description = "The mail")), responses(
    (status = 200, description = "The mail", body = Verification),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 403, description = "Not an admin", body = ErrorBody),
    (status = 404, description = "No such thing", body = ErrorBody),
    (status = 503, description = "Nothing was done; try again", body = ErrorBody),
))]
pub(super) async fn get_verification(
    State(app): State<App>,
    _admin: Admin,
    Path(id): Path<VerificationId>,
) -> Result<Json<Verification>, Error> {
    verifications::read(&app.database, id).await?.map(Json).ok_or(Error::NotFound)
}
