//! `GET /verifications/{id}`.

use axum::extract::State;
use estore_contract::{ErrorBody, VerificationId, verification::Verification};
use estore_server::{
    auth::Admin,
    extract::{Json, Path},
};

use crate::{Error, app::App, store::verifications};

/// Returns one email with its status and the mail server's last answer.
#[utoipa::path(get, path = "/verifications/{id}", tag = "admin", security(("bearer" = [])), params(("id" = VerificationId, Path, description = "The mail")), responses(
    (status = 200, description = "The mail", body = Verification),
    (status = 404, description = "No such thing", body = ErrorBody),
))]
pub(super) async fn get_verification(
    State(app): State<App>,
    _admin: Admin,
    Path(id): Path<VerificationId>,
) -> Result<Json<Verification>, Error> {
    verifications::read(&app.database, id).await?.map(Json).ok_or(Error::NotFound)
}
